import {h, s, keyed, text} from './dom.js';
import {bitrate, count, frameRate} from './format.js';

const CARD = {w: 208, h: 92};
const IDLE = {w: 208, h: 46};
const GAP = {x: 92, y: 14, region: 116};
const PAD = 16;
const HEAD = 38;
const INDENT = 28;
const LEAST = 300;
const SOURCE = {w: 92, h: 62};

const byName = (a, b) => a.localeCompare(b, 'en', {numeric: true});

/** The tree as the map needs it: for every node of the cluster, how deep it is within its region, if it is in the tree. */
export function shape(nodes, tree) {
  const held = new Map((tree?.nodes ?? []).map((node) => [node.nodeId, node]));
  const all = new Map([...nodes.values()].map((node) => [node.id, {id: node.id, group: node.nodeGroup, node, held: held.get(node.id)}]));
  for (const branch of held.values()) {
    if (!all.has(branch.nodeId)) all.set(branch.nodeId, {id: branch.nodeId, group: branch.nodeGroup, node: null, held: branch});
  }
  const depth = (place, seen = 0) => {
    const feed = all.get(place.held?.feed);
    return seen > 6 || !feed?.held || feed.group !== place.group ? 0 : 1 + depth(feed, seen + 1);
  };
  for (const place of all.values()) place.depth = place.held ? depth(place) : -1;
  const names = [...new Set([...all.values()].map((place) => place.group))].sort(byName);
  const home = tree?.homeGroup;
  if (names.includes(home)) names.unshift(...names.splice(names.indexOf(home), 1));
  return {
    home, all,
    groups: names.map((name) => ({
      name,
      places: [...all.values()].filter((place) => place.group === name)
        .sort((a, b) => (a.depth < 0) - (b.depth < 0) || a.depth - b.depth || byName(a.id, b.id)),
    })),
  };
}

/**
 * Where everything goes in that width: regions side by side where there is room, the depth of the tree from left to right
 * or, with less room, downwards; regions below each other where there is none.
 */
export function layout(model, width, hasTree) {
  const size = (place) => (place.held || !hasTree ? CARD : IDLE);
  const source = hasTree ? SOURCE.w + 44 : 0;
  const beside = (boxes) => source + boxes[0].w + (boxes.length > 1 ? GAP.region + Math.max(...boxes.slice(1).map((box) => box.w)) : 0);
  const narrow = width < 620;
  let boxes = model.groups.map((group) => region(group, size));
  let elbows = false;
  let side = !narrow && beside(boxes) <= width;
  if (!side) {
    const inset = narrow ? 12 : PAD;
    boxes = model.groups.map((group) => column(group, size, inset, narrow ? width : 0));
    elbows = true;
    side = !narrow && beside(boxes) <= width;
  }
  let height;
  if (side) {
    const [first, ...others] = boxes;
    const right = others.reduce((sum, box) => sum + box.h + 22, -22);
    height = Math.max(first.h, right, LEAST);
    const x = source + (width - beside(boxes)) / 2;
    move(first, x, (height - first.h) / 2);
    let y = (height - right) / 2;
    for (const box of others) { move(box, x + first.w + GAP.region, y); y += box.h + 22; }
  } else {
    let y = narrow && hasTree ? SOURCE.h + 14 : 0;
    for (const box of boxes) { move(box, narrow ? 0 : source, y); y += box.h + 26; }
    height = y - 26;
  }
  const at = new Map(boxes.flatMap((box) => box.cards.map((card) => [card.id, card])));
  return {narrow, elbows, boxes, at, width, height};
}

function move(box, x, y) {
  box.x = x;
  box.y = y;
  for (const card of box.cards) { card.x += x; card.y += y; }
}

function region(group, size) {
  const columns = Math.max(1, ...group.places.map((place) => place.depth + 1));
  const heights = Array(columns).fill(0);
  const cards = [];
  const put = (place, index) => {
    const {w, h} = size(place);
    cards.push({id: place.id, x: PAD + index * (CARD.w + GAP.x), y: HEAD + heights[index], w, h});
    heights[index] += h + GAP.y;
  };
  const inside = group.places.filter((place) => place.depth >= 0);
  inside.forEach((place) => put(place, place.depth));
  const tallest = Math.max(...heights);
  // one of few is level with the middle of those it feeds
  for (let index = 0; index < columns; index++) {
    const lift = (tallest - heights[index]) / 2;
    cards.filter((card) => card.x === PAD + index * (CARD.w + GAP.x)).forEach((card) => { card.y += lift; });
    heights[index] = tallest;
  }
  const rest = group.places.filter((place) => place.depth < 0);
  rest.forEach((place, i) => put(place, inside.length ? i % columns : 0));
  const h = HEAD + Math.max(...heights) - GAP.y + PAD;
  return {name: group.name, cards, x: 0, y: 0, w: PAD * 2 + columns * CARD.w + (columns - 1) * GAP.x, h};
}

function column(group, size, inset, width) {
  const cards = [];
  let y = HEAD;
  let right = 0;
  const add = (place, indent) => {
    const {w, h} = size(place);
    const x = inset + INDENT * indent;
    if (indent > 0) y += 14;
    cards.push({id: place.id, x, y, w: width ? width - x - inset : w, h});
    right = Math.max(right, x + w);
    y += h + 14;
  };
  const done = new Set();
  const walk = (place, indent) => {
    if (done.has(place.id)) return;
    done.add(place.id);
    add(place, Math.min(indent, 3));
    group.places.filter((other) => other.depth > place.depth && other.held?.feed === place.id).forEach((other) => walk(other, indent + 1));
  };
  group.places.filter((place) => place.depth === 0).forEach((place) => walk(place, 0));
  group.places.filter((place) => !done.has(place.id)).forEach((place) => add(place, 0));
  return {name: group.name, cards, x: 0, y: 0, w: width || right + inset, h: y - 14 + inset};
}

const ROLES = {mainOrigin: ['main origin', 'main'], secondaryOrigin: ['secondary origin', 'second'], edge: ['edge', 'edge']};

/** The live map: cards of nodes, which are buttons, over a drawing of regions and of what flows between them. */
export class ClusterMap {
  #lags = new Map();
  #lastFeeds = new Map();

  constructor(root, pick) {
    this.root = root;
    this.pick = pick;
    this.svg = root.querySelector('svg');
    this.cards = root.querySelector('.cards');
    this.regions = s('g', {class: 'regions'});
    this.links = s('g', {class: 'links'});
    this.labels = s('g', {class: 'labels'});
    this.svg.append(this.regions, this.links, this.labels);
    this.shown = {nodes: new Map(), tree: null, stream: null};
    let width = 0;
    new ResizeObserver(([entry]) => {
      if (Math.abs(entry.contentRect.width - width) < 1) return;
      width = entry.contentRect.width;
      root.classList.add('still');
      this.draw();
      requestAnimationFrame(() => requestAnimationFrame(() => root.classList.remove('still')));
    }).observe(root);
  }

  show(nodes, tree, stream) {
    this.shown = {nodes, tree, stream};
    this.draw();
  }

  draw() {
    const {nodes, tree, stream} = this.shown;
    const width = this.root.clientWidth;
    if (!width || !nodes.size) return;
    const hasTree = Boolean(tree?.nodes?.length);
    const model = shape(nodes, tree);
    const plan = layout(model, width, hasTree);
    this.root.style.height = `${Math.ceil(plan.height)}px`;
    this.svg.style.height = `${Math.ceil(plan.height)}px`;
    this.root.classList.toggle('narrow', plan.narrow);
    this.svg.setAttribute('viewBox', `0 0 ${width} ${Math.ceil(plan.height)}`);
    this.#regions(plan, model.home);
    this.#cards(plan, model, hasTree, stream, tree);
    this.#links(plan, model, hasTree, stream);
  }

  #regions(plan, home) {
    keyed(this.regions, plan.boxes, (box) => box.name,
      () => s('g', {}, s('rect', {rx: 16}), s('text', {class: 'name'})),
      (element, box) => {
        const [rect, name] = element.children;
        place(rect, {x: box.x + .5, y: box.y + .5, width: Math.max(0, box.w - 1), height: Math.max(0, box.h - 1)});
        place(name, {x: box.x + 16, y: box.y + 23});
        text(name, box.name === home ? `${box.name} · home` : box.name);
        element.classList.toggle('home', box.name === home);
      });
  }

  #cards(plan, model, hasTree, stream, tree) {
    const successors = new Map((tree?.groups ?? []).filter((group) => group.successor).map((group) => [group.successor, group.nodeGroup]));
    const places = model.groups.flatMap((group) => group.places);
    const items = places.map((place) => ({...place, at: plan.at.get(place.id)}));
    if (hasTree) items.unshift({id: ' source', source: true, at: this.#sourceAt(plan, model)});
    keyed(this.cards, items.filter((item) => item.at), (item) => item.id,
      (item) => item.source ? makeSource() : makeCard(() => this.pick(item.id)),
      (element, item) => {
        element.style.transform = `translate(${item.at.x}px, ${item.at.y}px)`;
        element.style.width = `${item.at.w}px`;
        element.style.height = `${item.at.h}px`;
        if (item.source) fillSource(element, stream, tree);
        else fillCard(element, item, hasTree, successors.has(item.id));
      });
  }

  #sourceAt(plan, model) {
    const main = [...model.all.values()].find((place) => place.held?.feed === 'publisher')
      ?? [...model.all.values()].find((place) => place.held?.role === 'mainOrigin') ?? model.groups[0].places[0];
    const card = plan.at.get(main.id);
    return plan.narrow
      ? {x: 12, y: 0, w: plan.width - 24, h: 40}
      : {x: Math.max(0, plan.boxes[0].x - SOURCE.w - 44), y: card.y + (card.h - SOURCE.h) / 2, w: SOURCE.w, h: SOURCE.h};
  }

  #links(plan, model, hasTree, stream) {
    const links = [];
    const rate = frameRate(stream);
    const lagOf = (held) => held?.lagFrames ?? 0;
    for (const place of model.all.values()) {
      const feed = place.held?.feed;
      if (!feed || !plan.at.get(place.id)) continue;
      const from = feed === 'publisher' ? this.#sourceAt(plan, model) : plan.at.get(feed);
      if (!from) continue;
      const hop = feed === 'publisher' ? 0 : Math.max(0, lagOf(place.held) - lagOf(model.all.get(feed)?.held));
      const ms = rate ? hop / rate * 1000 : 0;
      const known = this.#lags.get(place.id);
      const smooth = known === undefined ? ms : known + (ms - known) * .3;
      this.#lags.set(place.id, smooth);
      links.push({
        key: `${feed}>${place.id}`, from, to: plan.at.get(place.id), bits: place.held.bitrate, lag: feed === 'publisher' ? null : smooth,
        cross: feed !== 'publisher' && model.all.get(feed)?.group !== place.group, source: feed === 'publisher',
        fresh: this.#lastFeeds.has(place.id) && this.#lastFeeds.get(place.id) !== feed,
        role: ROLES[place.held.role]?.[1] ?? 'edge',
      });
      this.#lastFeeds.set(place.id, feed);
    }
    keyed(this.links, links, (link) => link.key, (link) => {
      const group = s('g', {class: link.fresh ? 'fresh' : ''}, s('path', {class: 'bed'}), s('path', {class: 'flow'}));
      if (link.fresh) setTimeout(() => group.classList.remove('fresh'), 3000);
      return group;
    }, (group, link) => {
      const d = path(link, plan);
      for (const one of group.children) if (one.getAttribute('d') !== d) one.setAttribute('d', d);
      group.classList.toggle('cross', link.cross);
      group.classList.toggle('dry', !(link.bits > 0));
      const pace = Math.min(3, Math.max(.7, 2.6 - Math.log10(Math.max(1, link.bits / 1e5)) * .8)).toFixed(1);
      if (group.pace !== pace) { group.pace = pace; group.lastChild.style.animationDuration = `${pace}s`; }
    });
    keyed(this.labels, links.filter((link) => !link.source && (!plan.narrow || !link.cross)), (link) => link.key,
      () => s('g', {}, s('text', {class: 'rate'}), s('text', {class: 'lag'})),
      (group, link) => {
        const [rateText, lagText] = group.children;
        const elbow = plan.elbows && !link.cross;
        group.classList.toggle('beside', elbow);
        if (elbow) {
          place(rateText, {x: link.to.x, y: link.to.y - 8});
          text(rateText, `${bitrate(link.bits)} · ${lagWords(link.lag)}`);
          text(lagText, '');
        } else {
          const a = anchors(link, plan);
          const x = (a.x1 + a.x2) / 2;
          const y = (a.y1 + a.y2) / 2;
          place(rateText, {x, y: y - 7});
          place(lagText, {x, y: y + 16});
          text(rateText, bitrate(link.bits));
          text(lagText, lagWords(link.lag));
        }
      });
  }
}

const lagWords = (ms) => (ms < 5 ? 'in step' : ms < 1000 ? `+${Math.round(ms / 5) * 5} ms` : `+${(ms / 1000).toFixed(1)} s`);

function place(element, attributes) {
  for (const [key, value] of Object.entries(attributes)) {
    if (element.getAttribute(key) !== String(value)) element.setAttribute(key, value);
  }
}

function anchors({from, to, cross, source}, plan) {
  if (plan.elbows && !cross && !source) return {x1: from.x + 14, y1: from.y + from.h, x2: to.x, y2: to.y + to.h / 2, elbow: true};
  if (plan.narrow && source) return {x1: from.x + 24, y1: from.y + from.h, x2: to.x + 24, y2: to.y, down: true};
  if (plan.narrow) return {x1: from.x, y1: from.y + from.h / 2, x2: to.x, y2: to.y + to.h / 2, around: true};
  if (to.x >= from.x + from.w + 20) return {x1: from.x + from.w, y1: from.y + from.h / 2, x2: to.x, y2: to.y + to.h / 2};
  return {x1: from.x + from.w / 2, y1: from.y + from.h, x2: to.x + to.w / 2, y2: to.y, down: true};
}

function path(link, plan) {
  const a = anchors(link, plan);
  const n = (value) => Math.round(value * 10) / 10;
  const curve = (x1, y1, x2, y2) => `M${n(a.x1)} ${n(a.y1)} C ${n(x1)} ${n(y1)} ${n(x2)} ${n(y2)} ${n(a.x2)} ${n(a.y2)}`;
  if (a.elbow) return `M${n(a.x1)} ${n(a.y1)} V${n(a.y2 - 10)} Q${n(a.x1)} ${n(a.y2)} ${n(a.x1 + 10)} ${n(a.y2)} H${n(a.x2)}`;
  if (a.around) return curve(a.x1 - 14, a.y1, a.x2 - 14, a.y2);
  if (a.down) {
    const bend = Math.max(12, (a.y2 - a.y1) / 2);
    return curve(a.x1, a.y1 + bend, a.x2, a.y2 - bend);
  }
  const bend = Math.max(28, (a.x2 - a.x1) / 2);
  return curve(a.x1 + bend, a.y1, a.x2 - bend, a.y2);
}

function makeSource() {
  return h('div.source', {}, h('b', {}, 'Publisher'), h('span', {}));
}

function fillSource(element, stream, tree) {
  const away = !tree.mainOrigin;
  element.classList.toggle('away', away);
  text(element.lastChild, away ? 'away, players are held' : (stream?.protocol ?? '').toUpperCase() || 'sends');
}

function makeCard(pick) {
  const bar = (name) => h('span.bar', {'data-of': name}, h('em', {}, name), h('i', {}, h('u', {})), h('b', {}));
  return h('button.card', {type: 'button', onclick: pick},
    h('span.head', {}, h('i.dot', {}), h('b.id', {}), h('span.viewers', {})),
    h('span.line', {}, h('em.role', {}), h('span.also', {})),
    h('span.bars', {}, bar('CPU'), bar('Mem')));
}

function fillCard(element, {id, node, held}, hasTree, successor) {
  const [words, kind] = held ? ROLES[held.role] ?? ROLES.edge : ['', ''];
  const state = node?.state ?? 'gone';
  element.dataset.node = id;
  element.dataset.state = state;
  element.dataset.role = kind;
  element.dataset.feed = held?.feed ?? '';
  element.classList.toggle('idle', hasTree && !held);
  const q = (selector) => element.querySelector(selector);
  text(q('.id'), id);
  text(q('.role'), state !== 'up' ? state : words || (hasTree ? '' : node?.streams ? `${node.streams} streams` : 'idle'));
  const viewers = hasTree ? held?.viewers ?? 0 : node?.viewers ?? 0;
  text(q('.viewers'), held || !hasTree ? `${count(viewers)} ${viewers === 1 ? 'viewer' : 'viewers'}` : '');
  const also = held?.standbys ? `${held.standbys} backup waits` : held?.backup ? 'backup is live' : successor ? 'takes over' : '';
  text(q('.also'), also);
  const used = node?.memoryMaxMb ? Math.round(node.memoryMb / node.memoryMaxMb * 100) : 0;
  fillBar(q('[data-of="CPU"]'), node?.cpu ?? 0);
  fillBar(q('[data-of="Mem"]'), used);
  element.setAttribute('aria-label',
    `${id}, ${state}${words ? `, ${words}` : ''}${held?.feed ? `, fed by ${held.feed}` : ''}, ${viewers} viewers, CPU ${node?.cpu ?? 0} %. Open details`);
}

export function fillBar(element, percent) {
  const value = Math.max(0, Math.min(100, percent));
  element.querySelector('u').style.width = `${value}%`;
  element.classList.toggle('hot', value >= 85);
  text(element.querySelector('b'), `${value}%`);
}
