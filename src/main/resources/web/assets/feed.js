import {headers} from './api.js';

const SILENT_MS = 25_000;
const PAUSES = [500, 1000, 2000, 4000, 8000];

/**
 * The events of a node, for as long as the page lives. By fetch, since an EventSource cannot send a token and does not say
 * why it was refused. Tells tell(name, data) of each event and state(how, {reason, inMs}) of the connection itself.
 */
export class Feed {
  #generation = 0;
  #failures = 0;
  #timer;
  #abort;

  constructor(tell, state) {
    this.tell = tell;
    this.state = state;
  }

  /** Connects to that address, in place of what it was connected to. */
  open(address) {
    this.address = address;
    this.retry();
  }

  retry() {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.#run(++this.#generation);
  }

  async #run(generation) {
    const abort = this.#abort = new AbortController();
    let reason = 'The connection to this node was lost.';
    let watchdog;
    const alive = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => abort.abort(), SILENT_MS);
    };
    try {
      alive();
      const response = await fetch(this.address, {headers: headers(), signal: abort.signal, cache: 'no-store'});
      if (!response.ok) {
        const said = await response.json().catch(() => null);
        reason = said?.message ?? `This node answered ${response.status}.`;
      } else {
        const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
        let rest = '';
        for (;;) {
          const {value, done} = await reader.read();
          if (done || generation !== this.#generation) break;
          alive();
          this.#failures = 0;
          const blocks = (rest + value).split('\n\n');
          rest = blocks.pop();
          blocks.forEach((block) => this.#event(block));
        }
      }
    } catch {
      // said below
    } finally {
      clearTimeout(watchdog);
    }
    if (generation !== this.#generation) return;
    const inMs = PAUSES[Math.min(this.#failures++, PAUSES.length - 1)];
    this.state('lost', {reason, inMs});
    this.#timer = setTimeout(() => this.#run(++this.#generation), inMs);
  }

  #event(block) {
    let name = 'message';
    let data = '';
    for (const line of block.split('\n')) {
      if (line.startsWith('event: ')) name = line.slice(7);
      else if (line.startsWith('data: ')) data += line.slice(6);
    }
    if (data) this.tell(name, JSON.parse(data));
  }
}
