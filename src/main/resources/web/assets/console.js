import {h, keyed, one, text, toast} from './dom.js';
import {audio, bitrate, count, duration, memory, video} from './format.js';
import {Feed} from './feed.js';
import {ClusterMap, fillBar} from './map.js';
import {History, asBitrate, asCount, asPercent} from './charts.js';
import {askToken, confirmCall, details, viewersOf, watch} from './dialogs.js';
import {Events} from './events.js';

const nodes = new Map();
const streams = new Map();
let total = 0;
let tree = null;
let self = {node: '', ports: {}};
let chosen = new URLSearchParams(location.search).get('stream') ?? '';
let picked = chosen !== '';
let sort = {by: 'viewers', down: true};
let known = false;
let nodesKnown = false;

const events = new Events(one('#events'), one('#events-empty'));
const map = new ClusterMap(one('#map'), (id) => showNode(id));
const charts = {
  bitrate: new History(one('#chart-bitrate'), {format: asBitrate, least: 5e5}),
  viewers: new History(one('#chart-viewers'), {format: asCount, least: 4}),
  cpu: new History(one('#chart-cpu'), {format: asPercent, least: 100}),
};

/* What the node tells. */

const told = {
  hello(data) {
    self = data;
    text(one('#foot'), `${data.node} · ${data.nodeGroup} · Headwater ${data.version}`);
    connected();
  },
  status({trouble}) {
    if (trouble) banner(`${self.node}: ${trouble}`, false);
    else one('#banner').hidden = true;
  },
  nodes({set, gone}) {
    for (const node of set) {
      const before = nodes.get(node.id);
      nodes.set(node.id, node);
      if (nodesKnown && !before) events.ofNode(node.id, 'Joined', 'good', node.nodeGroup);
      else if (before && before.state !== node.state) {
        events.ofNode(node.id, `Is ${node.state}`, node.state === 'up' ? 'good' : isGone(node) ? 'bad' : 'warn');
      } else if (before && before.nodeGroup !== node.nodeGroup) {
        events.ofNode(node.id, 'Moved', 'move', `${before.nodeGroup} → ${node.nodeGroup}`);
      }
    }
    for (const id of gone) {
      nodes.delete(id);
      events.ofNode(id, 'Left', 'bad');
    }
    nodesKnown = true;
  },
  streams({set, gone, total: all}) {
    set.forEach((stream) => streams.set(stream.key, stream));
    gone.forEach((key) => streams.delete(key));
    total = all;
    known = true;
    choose();
  },
  tree(data) { if (data.stream === chosen) tree = data.tree; },
  happened(data) {
    if (data.stream !== chosen) return;
    events.ofStream(data.add, told.before === chosen);
    told.before = chosen;
  },
};

const feed = new Feed((name, data) => { told[name]?.(data); draw(); }, (how, {reason, inMs}) => lost(reason, inMs));

function open() {
  feed.open(`/rest/v2/console/events${chosen ? `?${new URLSearchParams({stream: chosen})}` : ''}`);
}

/** Without a choice, the stream with the most viewers. */
function choose() {
  if (picked && (streams.has(chosen) || chosen)) return;
  const best = [...streams.values()].sort((a, b) => b.viewers - a.viewers || a.key.localeCompare(b.key))[0]?.key ?? '';
  if (best && !streams.has(chosen)) pick(best, false);
}

function pick(key, byHand) {
  picked ||= byHand;
  if (key === chosen) return;
  chosen = key;
  tree = null;
  events.clear();
  charts.bitrate.clear();
  if (byHand) history.replaceState(null, '', `?${new URLSearchParams({stream: key})}`);
  open();
  draw();
}

/* The connection. */

let wasLost = false;
function connected() {
  document.body.dataset.link = 'live';
  text(one('#link-text'), self.node ? `Live from ${self.node}` : 'Live');
  one('#banner').hidden = true;
  // what was shown before may be gone: the node tells all of it again
  nodes.clear();
  streams.clear();
  nodesKnown = false;
  if (wasLost) toast('Connected again');
  wasLost = false;
}

let countdown;
function lost(reason, inMs) {
  wasLost ||= known;
  document.body.dataset.link = 'lost';
  clearInterval(countdown);
  const until = Date.now() + inMs;
  const say = () => text(one('#link-text'), `Reconnecting${until - Date.now() > 1000 ? ` in ${Math.ceil((until - Date.now()) / 1000)} s` : ''}`);
  say();
  countdown = setInterval(() => (document.body.dataset.link === 'lost' ? say() : clearInterval(countdown)), 500);
  banner(`${reason} What you see is what was known last.`, true);
}

function banner(words, others) {
  text(one('#banner-text'), words);
  const there = others ? [...nodes.values()].filter((node) => node.id !== self.node && node.state === 'up' && node.httpPort).slice(0, 4) : [];
  one('#banner-others').replaceChildren(...(there.length
    ? ['Other nodes show the same: ', ...there.map((node) => h('a', {href: `${location.protocol}//${hostOf(node)}:${node.httpPort}/`}, node.id))] : []));
  one('#banner-retry').hidden = !others;
  one('#banner').hidden = false;
}

const hostOf = (node) => (node.host.includes(':') ? `[${node.host}]` : node.host);
one('#banner-retry').addEventListener('click', () => feed.retry());
addEventListener('online', () => feed.retry());

/* What is shown. */

let due = false;
function draw() {
  if (due) return;
  due = true;
  requestAnimationFrame(() => { due = false; drawNow(); });
}

function drawNow() {
  const all = [...nodes.values()];
  const list = [...streams.values()];
  document.body.classList.toggle('known', known);
  if (known) {
    const up = all.filter((node) => node.state === 'up').length;
    text(one('#sum-nodes'), up === all.length ? count(all.length) : `${up} / ${all.length}`);
    text(one('#sum-groups'), count(new Set(all.map((node) => node.nodeGroup)).size));
    text(one('#sum-streams'), count(total));
    text(one('#sum-viewers'), count(all.reduce((sum, node) => sum + node.viewers, 0)));
    text(one('#sum-bitrate'), bitrate(list.reduce((sum, stream) => sum + stream.bitrate, 0)));
  }
  drawChoice(list);
  map.show(new Map([...nodes].filter(([, node]) => node.state !== 'down')), tree, streams.get(chosen));
  const empty = one('#map .empty');
  empty.hidden = !known || total > 0 || Boolean(tree);
  if (!empty.hidden && !empty.firstChild) {
    empty.append(h('b', {}, 'No stream is live'), 'Send one to any node and watch it find its way. ', h('a', {href: '/publish.html'}, 'How to publish'));
  }
  text(one('#events-of'), chosen);
  text(one('#chart-bitrate-of'), chosen || 'all streams');
  drawStreams(list);
  drawNodes(all);
}

function drawChoice(list) {
  const select = one('#stream-choice');
  const keys = list.map((stream) => stream.key).sort();
  if (chosen && !keys.includes(chosen)) keys.unshift(chosen);
  const wanted = keys.join('\n');
  if (select.wanted !== wanted) {
    select.wanted = wanted;
    select.replaceChildren(...(keys.length ? keys.map((key) => h('option', {value: key}, key)) : [h('option', {value: ''}, 'No stream yet')]));
  }
  if (select.value !== chosen) select.value = chosen;
  select.disabled = keys.length === 0;
}
one('#stream-choice').addEventListener('change', (event) => pick(event.target.value, true));

const COLUMNS = [
  ['key', 'Stream', (a, b) => a.key.localeCompare(b.key, 'en', {numeric: true})],
  ['live', 'State', (a, b) => a.live - b.live],
  ['video', 'Video', (a, b) => a.width * a.height - b.width * b.height],
  ['audio', 'Audio', null],
  ['bitrate', 'Bitrate', (a, b) => a.bitrate - b.bitrate],
  ['viewers', 'Viewers', (a, b) => a.viewers - b.viewers],
  ['startedAt', 'On air', (a, b) => b.startedAt - a.startedAt],
];
const NUMBERS = new Set(['bitrate', 'viewers', 'startedAt']);

one('#streams thead tr').append(...COLUMNS.map(([by, name, order]) => h(`th${NUMBERS.has(by) ? '.num' : ''}`, {scope: 'col', 'data-by': by},
  order ? h('button.quiet', {type: 'button', onclick: () => { sort = {by, down: sort.by === by ? !sort.down : NUMBERS.has(by)}; draw(); }}, name) : name)),
h('th', {scope: 'col'}, h('span.sr', {}, 'Actions')));

const search = one('#search');
search.addEventListener('input', draw);
addEventListener('keydown', (event) => {
  if (event.key === '/' && !event.ctrlKey && !event.metaKey && !event.target.closest('input, select, textarea, dialog')) {
    event.preventDefault();
    search.focus();
  }
});

function drawStreams(list) {
  const words = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const order = COLUMNS.find(([by]) => by === sort.by)[2];
  const shown = list
    .filter((stream) => words.every((word) => `${stream.key} ${video(stream)} ${audio(stream)} ${stream.protocol}`.toLowerCase().includes(word)))
    .sort((a, b) => (sort.down ? -1 : 1) * order(a, b) || a.key.localeCompare(b.key));
  for (const cell of one('#streams thead tr').children) {
    cell.ariaSort = cell.dataset.by === sort.by ? (sort.down ? 'descending' : 'ascending') : null;
  }
  keyed(one('#streams tbody'), shown, (stream) => stream.key, makeStream, fillStream);
  one('#streams').hidden = known && shown.length === 0;
  const empty = one('#streams-empty');
  empty.hidden = !known || shown.length > 0;
  if (!empty.hidden) text(empty, list.length ? `No stream matches “${search.value.trim()}”.` : 'No stream is live.');
  text(one('#streams-count'), total > list.length ? `the ${list.length} with the most viewers of ${count(total)}`
    : words.length ? `${shown.length} of ${list.length}` : '');
}

function makeStream(stream) {
  const current = () => streams.get(stream.key) ?? stream;
  return h('tr', {},
    h('th', {scope: 'row'}, h('button.link', {type: 'button', title: 'Show on the map', onclick: () => { pick(stream.key, true); one('#map').focus({preventScroll: true}); one('#map').scrollIntoView({block: 'center', behavior: 'smooth'}); }}, stream.key)),
    h('td', {}, h('span.tag', {})),
    h('td', {'data-label': 'Video'}), h('td', {'data-label': 'Audio'}),
    h('td.num', {'data-label': 'Bitrate'}),
    h('td.num', {'data-label': 'Viewers'}, h('button.link', {type: 'button', 'aria-label': `Viewers of ${stream.key}`, onclick: () => showViewers(current())})), h('td.num', {'data-label': 'On air'}),
    h('td.actions', {},
      h('button.small', {type: 'button', onclick: () => watch(current())}, 'Watch'),
      h('button.small.quiet', {type: 'button', 'aria-label': `End the viewers of ${stream.key}`, onclick: () => endViewers(current())}, 'End viewers'),
      h('button.small.quiet', {type: 'button', 'aria-label': `Stop ${stream.key}`, onclick: () => stop(current())}, 'Stop')));
}

function fillStream(row, stream) {
  const [, state, pictures, sound, bits, viewers, since] = row.children;
  const tag = state.firstChild;
  tag.dataset.state = stream.live ? 'live' : 'held';
  text(tag, stream.live ? 'live' : 'held');
  text(pictures, video(stream));
  text(sound, audio(stream));
  text(bits, bitrate(stream.bitrate));
  text(viewers.firstChild, count(stream.viewers));
  viewers.title = Object.entries(stream.viewersByProtocol).map(([name, number]) => `${name} ${number}`).join(', ');
  text(since, duration(Date.now() - stream.startedAt));
  row.classList.toggle('chosen', stream.key === chosen);
}

function drawNodes(all) {
  keyed(one('#nodes tbody'), all.sort((a, b) => a.nodeGroup.localeCompare(b.nodeGroup) || a.id.localeCompare(b.id, 'en', {numeric: true})), (node) => node.id, (node) => {
    const bar = () => h('span.bar', {}, h('i', {}, h('u', {})), h('b', {}));
    return h('tr', {'data-node': node.id},
      h('th', {scope: 'row'}, h('button.link', {type: 'button', onclick: () => showNode(node.id)}, node.id)),
      h('td', {'data-label': 'Region'}), h('td', {}, h('span.tag', {})), h('td', {'data-label': 'CPU'}, bar()), h('td', {'data-label': 'Memory'}, bar()),
      h('td.num', {'data-label': 'Streams'}), h('td.num', {'data-label': 'Viewers'}), h('td', {'data-label': 'Version'}),
      h('td.actions', {}, h('button.small.move', {type: 'button', onclick: () => changeGroup(nodes.get(node.id))}, 'Region'),
        h('button.small.quiet.out', {type: 'button', onclick: () => takeOut(nodes.get(node.id) ?? node)}, 'Drain')));
  }, (row, node) => {
    const [, group, state, cpu, mem, held, viewers, version] = row.children;
    text(group, node.nodeGroup);
    state.firstChild.dataset.state = node.state;
    text(state.firstChild, node.state);
    fillBar(cpu.firstChild, node.cpu);
    fillBar(mem.firstChild, node.memoryMaxMb ? Math.round(node.memoryMb / node.memoryMaxMb * 100) : 0);
    mem.title = `${memory(node.memoryMb)} of ${memory(node.memoryMaxMb)}`;
    text(held, count(node.streams));
    text(viewers, count(node.viewers));
    text(version, node.version);
    row.classList.toggle('self', node.id === self.node);
    row.querySelector('.move').hidden = isGone(node);
    text(row.querySelector('.out'), isGone(node) ? 'Remove' : 'Drain');
  });
}

/* What can be done. */

function showNode(id) {
  const node = nodes.get(id);
  const held = tree?.nodes.find((one) => one.nodeId === id);
  if (!node) {
    details({title: id, tag: 'gone', rows: [['Region', held?.nodeGroup ?? ''], ['', 'This node is no member of the cluster any more.']], actions: []});
    return;
  }
  const rows = [
    ['Region', node.nodeGroup], ['Address', `${hostOf(node)}:${node.httpPort}`], ['Version', node.version],
    ['CPU', `${node.cpu} %`], ['Memory', `${memory(node.memoryMb)} of ${memory(node.memoryMaxMb)}`],
    ['Streams', count(node.streams)], ['Main origin of', count(node.roles.mainOrigin)], ['Secondary origin of', count(node.roles.secondaryOrigin)],
    ['Viewers', count(node.viewers)],
  ];
  if (held) rows.push([`${chosen} here`, `${{mainOrigin: 'main origin', secondaryOrigin: 'secondary origin'}[held.role] ?? 'edge'}, fed by ${held.feed ?? 'nobody'}, ${count(held.viewers)} viewers, ${bitrate(held.bitrate)}`]);
  details({
    title: id, tag: node.state, rows,
    actions: [
      h('a.button', {href: `${location.protocol}//${hostOf(node)}:${node.httpPort}/`}, 'Its console'),
      isGone(node) ? null : h('button', {type: 'button', onclick: () => changeGroup(node)}, 'Change region'),
      isGone(node)
        ? h('button.danger', {type: 'button', onclick: () => removeNode(node)}, 'Remove')
        : h('button', {type: 'button', onclick: () => drain(node)}, 'Drain'),
    ],
  });
}

/** Nobody reaches it: it can only be taken out. */
const isGone = (node) => node.state === 'unreachable' || node.state === 'down';

const pathOf = (node, own, others) => (node.id === self.node ? own : `/rest/v2/cluster/node/${encodeURIComponent(node.id)}/${others}`);

function changeGroup(node) {
  const groups = [...new Set([...nodes.values()].map((one) => one.nodeGroup))];
  confirmCall({
    title: `Move ${node.id} to another region`, action: 'Move', danger: false,
    words: 'It leaves its region and joins the other at once. Its publishers and players stay connected.',
    fields: [h('label', {}, 'Region (node group)',
      h('input', {name: 'nodeGroup', list: 'groups', required: true, value: node.nodeGroup, maxlength: 64, pattern: '[A-Za-z0-9_\\-]{1,64}', title: 'letters, digits, - or _', autocomplete: 'off'}),
      h('datalist', {id: 'groups'}, groups.map((group) => h('option', {value: group}))))],
    path: pathOf(node, '/rest/v2/server-settings', 'server-settings'), body: (values) => ({nodeGroup: values.nodeGroup}),
    done: `${node.id} moves`,
  });
}

function drain(node) {
  confirmCall({
    title: `Drain ${node.id}?`, action: 'Drain', words: 'It takes nothing new, hands its roles over, and leaves the cluster when its players have gone or the time is over. Only a restart brings it back.',
    fields: [h('label', {}, 'At most', h('select', {name: 'within'}, ['20s', '60s', '5m', '10m'].map((time) => h('option', {value: time}, time))))],
    path: (values) => `${pathOf(node, '/rest/v2/node/drain', 'drain')}?within=${values.within}`, done: `${node.id} drains`,
  });
}

const takeOut = (node) => (isGone(node) ? removeNode(node) : drain(node));

function removeNode(node) {
  confirmCall({
    title: `Remove ${node.id}?`, action: 'Remove', words: 'For a node that is gone for good. One that still runs joins again.',
    method: 'DELETE', path: `/rest/v2/cluster/node/${encodeURIComponent(node.id)}`, done: `${node.id} removed`,
  });
}

function stop(stream) {
  confirmCall({
    title: `Stop ${stream.key}?`, action: 'Stop the stream',
    words: `Its publisher is disconnected, and ${stream.viewers === 1 ? 'its viewer' : `its ${count(stream.viewers)} viewers`} with it. A publisher that connects again starts it again.`,
    path: `/${encodeURIComponent(stream.app)}/rest/v2/broadcasts/${encodeURIComponent(stream.streamId)}/stop`, done: `${stream.key} stops`,
  });
}

const viewersPath = (stream) => `/${encodeURIComponent(stream.app)}/rest/v2/broadcasts/${encodeURIComponent(stream.streamId)}/viewers`;

function showViewers(stream) {
  viewersOf(stream, `${viewersPath(stream)}/0/50`, (viewer) => confirmCall({
    title: 'End this viewer?', action: 'End the viewer', method: 'DELETE',
    words: `${viewer.address}, by ${viewer.protocol} from ${viewer.nodeId}, is disconnected. It may come again, if it is allowed to.`,
    path: `${viewersPath(stream)}/${encodeURIComponent(viewer.viewerId)}`, done: 'The viewer is ended',
  }));
}

function endViewers(stream) {
  confirmCall({
    title: `End the viewers of ${stream.key}?`, action: 'End the viewers', method: 'DELETE',
    words: `${stream.viewers === 1 ? 'Its viewer is' : `Its ${count(stream.viewers)} viewers are`} disconnected on all nodes. The stream goes on, and who is allowed to may come again.`,
    path: viewersPath(stream), done: `The viewers of ${stream.key} are ended`,
  });
}

one('#token-button').addEventListener('click', () => askToken(() => feed.retry()));

/* Time. */

const MOST_LINES = 8;
/** A node that is drawn stays for so long, so that lines do not come and go with every second. */
const LINES_SECONDS = 30;

/** One line for each node, or for the busiest; which these are is said beside the chart's name. */
class Lines {
  #drawn = new Set();
  #chosenAt = 0;

  constructor(chart, words, value) {
    Object.assign(this, {chart, words, value});
  }

  add(at, all, live) {
    if (at - this.#chosenAt >= LINES_SECONDS || all.length <= MOST_LINES || this.#drawn.size < MOST_LINES) {
      this.#chosenAt = at;
      const busiest = [...all].sort((a, b) => this.value(b) - this.value(a) || a.id.localeCompare(b.id)).slice(0, MOST_LINES);
      this.#drawn = new Set(busiest.map((node) => node.id));
      if (all.length > MOST_LINES) this.chart.keep(this.#drawn);
    }
    text(this.words, all.length > MOST_LINES ? `the ${MOST_LINES} busiest of ${count(all.length)} nodes` : 'by node');
    const drawn = all.filter((node) => this.#drawn.has(node.id));
    this.chart.add(at, live ? Object.fromEntries(drawn.map((node) => [node.id, this.value(node)])) : {});
  }
}

const lines = [
  new Lines(charts.viewers, one('#chart-viewers-of'), (node) => node.viewers),
  new Lines(charts.cpu, one('#chart-cpu-of'), (node) => node.cpu),
];

setInterval(() => {
  if (!known) return;
  const live = document.body.dataset.link === 'live';
  const at = Math.floor(Date.now() / 1000);
  const bits = streams.get(chosen)?.bitrate ?? [...streams.values()].reduce((sum, stream) => sum + stream.bitrate, 0);
  charts.bitrate.add(at, live ? {[chosen || 'all']: bits} : {});
  for (const some of lines) some.add(at, [...nodes.values()], live);
  if (!document.hidden) drawStreams([...streams.values()]);
}, 1000);

open();
