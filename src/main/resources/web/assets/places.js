// The nodes a player can play from: the one that served the page, and those it knows of when that one is gone.

const ANSWERS_WITHIN = 2500;
const ASKS_EVERY = 300_000;
const MOST = 50;

export const hostOf = (host) => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host);

const secure = location.protocol === 'https:';
const own = {name: location.host, group: '', origin: location.origin, host: hostOf(location.hostname), livePort: 8080};
let known = [];
let askedAt = 0;

/** Where it plays from now. */
export let here = own;

/** What the node says of itself; without an answer the usual is taken. */
export async function introduce() {
  try {
    const node = await (await fetch('/rest/v2/node', {signal: AbortSignal.timeout(ANSWERS_WITHIN)})).json();
    own.name = node.nodeId;
    own.group = node.nodeGroup;
    own.livePort = (secure ? node.ports.liveTls ?? node.ports['live-tls'] : null) ?? node.ports.live;
  } catch {
    // it may not be for everybody
  }
}

/** Asks for the other nodes, now and then. Of those the ports without TLS are known: nothing for a page that came by TLS. */
export async function look() {
  if (secure || askedAt && performance.now() - askedAt < ASKS_EVERY) return;
  askedAt = performance.now();
  try {
    const response = await fetch(`${own.origin}/rest/v2/cluster/nodes/0/${MOST}`, {cache: 'no-store', signal: AbortSignal.timeout(ANSWERS_WITHIN)});
    if (!response.ok) return;
    known = (await response.json())
      .filter((node) => node.id !== own.name && node.state === 'up' && node.httpPort)
      .map((node) => ({
        name: node.id, group: node.nodeGroup, host: hostOf(node.ip), origin: `http://${hostOf(node.ip)}:${node.httpPort}`,
        livePort: node.livePort || own.livePort,
      }));
  } catch {
    // those it knew stay
  }
}

/** Goes where this node would send a player of live media. Asked, since no browser follows a redirect of a WebSocket. */
export async function goToBest(app, id) {
  if (secure) return;
  try {
    const path = `/${app}/rest/v2/broadcasts/${id}/place`;
    const response = await fetch(here.origin + path, {cache: 'no-store', signal: AbortSignal.timeout(ANSWERS_WITHIN)});
    const best = response.ok ? await response.json() : {};
    if (!best.redirect) return;
    await look();
    const {origin} = new URL(best.restUrl);
    const {hostname, port} = new URL(best.flvUrl);
    const node = [...known, own].find((place) => place.origin === origin) ?? {name: hostname, group: ''};
    here = {...node, origin, host: hostname, livePort: Number(port) || 80, sent: true};
  } catch {
    // it may not be for everybody; the node is asked for the stream then
  }
}

/** Those it knows. */
export const others = () => known;

/** Whether a node answers at all; what it says is not for this page if it is another one's. */
export async function answers(place = here) {
  try {
    await fetch(`${place.origin}/rest/v2/liveness`, {mode: 'no-cors', cache: 'no-store', signal: AbortSignal.timeout(ANSWERS_WITHIN)});
    return true;
  } catch {
    return false;
  }
}

/** Near nodes that did not answer when they were gone to. What tests read. */
export const silent = [];

/** Goes to another node that answers, of the own group if there is one; null if none does. */
export async function moveOn() {
  const left = here;
  const all = [...known, own].filter((place) => place.origin !== left.origin);
  const near = all.filter((place) => place !== own && place.group === own.group);
  for (const places of [near, all.filter((place) => !near.includes(place))]) {
    const asked = places.map(async (place) => (await answers(place) ? place : Promise.reject(place)));
    const found = await Promise.any(asked).catch(() => null);
    if (found) {
      here = found;
      return found;
    }
    if (places === near) silent.splice(0, silent.length, ...near.map(({name}) => name));
  }
  return null;
}
