import {h, keyed, one, text} from './dom.js';
import {clock} from './format.js';

const MOST = 120;
const WORDS = {
  publisherCame: ['good', 'Publisher came'], publisherLeft: ['warn', 'Publisher left'], publisherRedirected: ['move', 'Publisher sent on'], feedChanged: ['move', 'Feed changed'],
  epochChanged: ['move', 'New session'], feedLost: ['bad', 'Feed lost'], feedSilent: ['warn', 'Feed is silent'], framesMissing: ['warn', 'Frames missing'],
  mainOrigin: ['main', 'Main origin'], secondaryOrigin: ['second', 'Secondary origin'], held: ['warn', 'Players are held'], ended: ['', 'Stream ended'],
  conceded: ['warn', 'Gave way'], prevailed: ['move', 'Prevailed'], epochTie: ['warn', 'Settled by name'], fenced: ['warn', 'Older publisher stopped'], refused: ['bad', 'Refused'],
};
const spaced = (kind) => kind.replace(/([A-Z])/g, ' $1').toLowerCase().replace(/^./, (c) => c.toUpperCase());

/** What happened, newest first: to the stream that is chosen, and to the nodes as far as this page has seen it. */
export class Events {
  #list = [];
  #number = 0;

  constructor(list, empty) {
    this.list = list;
    this.empty = empty;
  }

  clear() {
    this.#list = this.#list.filter((event) => event.own);
    this.draw();
  }

  ofStream(events, fresh) {
    for (const event of events) {
      const [tone, named] = WORDS[event.kind] ?? ['', spaced(event.kind)];
      const title = event.kind === 'feedChanged' && !event.from ? 'Feed found' : named;
      const way = event.from || event.to ? `${event.from ?? 'nobody'} → ${event.to ?? 'nobody'}` : '';
      const cost = [
        event.gapMs !== null && event.gapMs !== undefined ? `${event.gapMs} ms gap` : '',
        event.framesLost !== null && event.framesLost !== undefined ? `${event.framesLost} frames lost` : '',
      ].filter(Boolean).join(', ');
      this.#add({at: new Date(event.time), tone, title, node: event.node, way, why: event.why, cost, fresh});
    }
    this.draw();
  }

  ofNode(node, title, tone, why = '') {
    this.#add({at: new Date(), tone, title, node, way: '', why, cost: '', fresh: true, own: true});
    this.draw();
  }

  #add(event) {
    event.key = ++this.#number;
    this.#list.push(event);
  }

  draw() {
    this.#list.sort((a, b) => b.at - a.at || b.key - a.key);
    this.#list.length = Math.min(this.#list.length, MOST);
    this.empty.hidden = this.#list.length > 0;
    this.list.hidden = this.#list.length === 0;
    keyed(this.list, this.#list, (event) => event.key, (event) => h(`li${event.fresh ? '.fresh' : ''}`, {'data-tone': event.tone},
      h('time', {datetime: event.at.toISOString(), title: event.at.toLocaleString()}, clock(event.at)),
      h('div', {},
        h('p', {}, h('b', {}, event.title), ' ', h('span.at', {}, event.node), event.way ? h('span.way', {}, event.way) : null),
        event.why ? h('p.why', {}, event.why) : null,
        event.cost ? h('p.cost', {}, event.cost) : null)),
    () => {});
  }
}
