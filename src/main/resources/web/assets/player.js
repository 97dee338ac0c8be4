import {copy, one, text} from './dom.js';
import {bitrate, count} from './format.js';
import * as places from './places.js';
import {ORDER, WAYS} from './ways.js';

const query = new URLSearchParams(location.search);
const app = query.get('app') ?? 'live';
const id = query.get('id') ?? '';
const asked = query.get('via') ?? '';
const token = query.get('token');
const embedded = query.has('embed') && query.get('embed') !== '0';
/* As the server has it: media.StreamKey. */
const APP = /^[A-Za-z0-9_-]{1,64}$/;
const ID = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/;
const START_WITHIN = 12_000;
const STANDS_FOR = 15_000;
/** A player that stands for so long while the stream went on is put where it is live, and not again for a while. */
const STUCK_AFTER = 1500;
const UNSTUCK_FOR = 5000;
const PAUSES = [1000, 2000, 4000, 8000];
/** After so long without a picture the page finds out whether there is anything to see. */
const WONDERS_AFTER = 1200;
const LOOKS_EVERY = 2000;
const ANSWER_WITHIN = 5000;
/** A picture that stands for so long may be one of a node that is gone. */
const DOUBTS_AFTER = 2000;

const video = one('#video');
const stage = one('#stage');
let way = null;
let via = '';
let attempt = 0;
let rounds = 0;
let again;
let played = false;
let stalls = 0;
let unstuckAt = -UNSTUCK_FOR;
let standing = 0;
let stoodAt = 0;
let movedAt = performance.now();

/** What tests and measurements read; the page itself does not. */
const report = window.headwater = {via: '', fatal: [], switched: 0, moved: 0, node: '', others: 0, silent: places.silent, stalls: 0, stalledMs: 0, errors: 0, lastError: '', delay: NaN, frames: 0, dropped: 0, playing: false};

document.documentElement.classList.toggle('embed', embedded);
text(one('#title'), id ? `${app}/${id}` : '');
if (id) document.title = `${id} · Headwater`;

const GONE = 'the node does not answer';
/** Finds out whether the node is gone, if there are others to go to. */
let doubt = () => {};

/* Starting, and starting again. */

function state(name, title = '', words = '') {
  stage.dataset.state = name;
  text(one('#cover-title'), title);
  text(one('#cover-text'), words);
  one('#again').hidden = name !== 'failed';
}

function urls() {
  const secure = location.protocol === 'https:';
  const {origin, host, livePort, sent} = places.here;
  const words = (said) => (Object.keys(said).length ? `?${new URLSearchParams(said)}` : '');
  const brought = token ? {token} : {};
  const pass = words(brought);
  // who was sent once is taken wherever it arrives
  const live = words(sent ? {...brought, redirected: 1} : brought);
  return {
    hls: `${origin}/${app}/streams/${id}.m3u8${pass}`,
    flv: `${secure ? 'https' : 'http'}://${host}:${livePort}/${app}/${id}.flv${live}`,
    ws: `${secure ? 'wss' : 'ws'}://${host}:${livePort}/${app}/${id}.flv${live}`,
  };
}

async function start(name) {
  const mine = ++attempt;
  clearTimeout(again);
  stop();
  via = name;
  report.via = name;
  state('starting', 'Connecting', WAYS[name].name);
  const fatal = (reason, code) => {
    if (mine !== attempt) return;
    report.fatal.push(`${name}: ${reason}`);
    next(name, reason, code);
  };
  let doubted = false;
  doubt = async () => {
    if (doubted || mine !== attempt || !places.others().length) return;
    doubted = true;
    const gone = !await places.answers() && !await places.answers();
    doubted = false;
    if (gone && mine === attempt) next(name, GONE);
  };
  const late = setTimeout(() => fatal('no picture came in time'), START_WITHIN);
  const wonder = setTimeout(async () => {
    if (await isLive() === false && mine === attempt && stage.dataset.state === 'starting') state('starting', ...waitingWords());
  }, WONDERS_AFTER);
  video.addEventListener('playing', () => { clearTimeout(late); clearTimeout(wonder); }, {once: true});
  try {
    if (WAYS[name].isSent) {
      await places.goToBest(app, id);
      if (mine !== attempt) return;
      tellNode();
    }
    const started = await WAYS[name].start(video, urls(), fatal, doubt);
    if (mine !== attempt) { started.stop(); return; }
    way = started;
    play();
  } catch (failed) {
    clearTimeout(late);
    fatal(failed.message);
  }
}

function stop() {
  way?.stop();
  way = null;
  standing = 0;
}

/** Whether somebody publishes it now; null where the node does not say. */
async function isLive() {
  try {
    const response = await fetch(`${places.here.origin}/${app}/rest/v2/broadcasts/${id}/stream-info`, {cache: 'no-store', signal: AbortSignal.timeout(ANSWER_WITHIN)});
    return response.ok ? (await response.json()).length > 0 : null;
  } catch {
    return null;
  }
}

const waitingWords = () => [played ? 'The stream has ended' : 'Waiting for the stream',
  `Nobody publishes ${app}/${id} now. When somebody does, it begins here by itself.`];

/** No way leads to what is not there: looks from time to time, and plays when it is. */
function wait() {
  const mine = ++attempt;
  clearTimeout(again);
  stop();
  rounds = 0;
  state('waiting', ...waitingWords());
  const look = async () => {
    const live = await isLive();
    if (mine !== attempt) return;
    if (live === false) again = setTimeout(look, LOOKS_EVERY);
    else begin();
  };
  again = setTimeout(look, LOOKS_EVERY);
}

/** The next way, or all of them again after a while. */
async function next(failed, reason) {
  const mine = ++attempt;
  stop();
  const [live, answers] = await Promise.all([isLive(), places.answers()]);
  if (mine !== attempt) return;
  if (live === false) {
    wait();
    return;
  }
  if (!answers) {
    const {name} = places.here;
    const other = await places.moveOn();
    if (mine !== attempt) return;
    if (other) {
      report.moved++;
      note(`${name} does not answer. Going on from ${other.name}.`);
      tellNode();
      start(failed);
      return;
    }
    reason = GONE;
  }
  const ways = asked ? [asked] : ORDER.filter((name) => WAYS[name].able());
  const following = ways[ways.indexOf(failed) + 1];
  if (following && answers) {
    report.switched++;
    note(`${WAYS[failed].name}: ${reason}. Trying ${WAYS[following].name}.`);
    start(following);
    return;
  }
  const pause = PAUSES[Math.min(rounds++, PAUSES.length - 1)];
  state('failed', reason === 'no such stream here' ? 'This stream is not live' : 'Playback stopped',
    `${WAYS[failed].name}: ${reason}. Trying again in ${pause / 1000} s.`);
  again = setTimeout(() => start(ways[0]), pause);
}

one('#again').addEventListener('click', () => begin());
function begin() {
  start(asked || ORDER.find((name) => WAYS[name].able()) || 'hls');
}

let noteTimer;
function note(words) {
  const element = one('#note');
  element.textContent = words;
  element.classList.add('on');
  clearTimeout(noteTimer);
  noteTimer = setTimeout(() => element.classList.remove('on'), 6000);
}

/* Playing. */

function play() {
  // what else it may say is that another source was set meanwhile
  const forbidden = (failed) => failed.name === 'NotAllowedError';
  video.play().catch((failed) => {
    if (!forbidden(failed)) return;
    video.muted = true;
    video.play().catch((still) => { if (forbidden(still)) state('paused', 'Press play', ''); });
  });
}

video.addEventListener('playing', () => {
  rounds = 0;
  report.playing = true;
  played = true;
  if (standing) { report.stalledMs += performance.now() - standing; standing = 0; }
  state('playing');
  places.look();
  one('#unmute').hidden = !video.muted || embedded && query.get('mute') === '1';
  buttons();
});
video.addEventListener('waiting', () => {
  if (stage.dataset.state !== 'playing' || standing || video.seeking) return;
  standing = performance.now();
  stoodAt = video.currentTime;
  report.stalls = ++stalls;
  stage.dataset.state = 'stalled';
});
video.addEventListener('timeupdate', () => {
  if (standing && video.currentTime === stoodAt) return; // told once more where it stands
  movedAt = performance.now();
  if (standing) { report.stalledMs += performance.now() - standing; standing = 0; }
  if (stage.dataset.state === 'stalled') state('playing');
});
video.addEventListener('ended', wait);
video.addEventListener('pause', buttons);
video.addEventListener('play', buttons);
video.addEventListener('volumechange', buttons);
video.addEventListener('click', () => (video.muted && !one('#unmute').hidden ? unmute() : toggle()));

function toggle() {
  if (video.paused) { way?.toLive(); play(); } else video.pause();
}
function unmute() {
  video.muted = false;
  one('#unmute').hidden = true;
  if (video.paused) play();
}
function full() {
  if (document.fullscreenElement) document.exitFullscreen();
  else (stage.requestFullscreen ?? video.webkitEnterFullscreen)?.call(stage.requestFullscreen ? stage : video);
}
function buttons() {
  const button = one('#play');
  const label = video.paused ? 'Play' : 'Pause';
  button.setAttribute('aria-label', label);
  button.title = `${label} (space)`;
  button.querySelector('path').setAttribute('d', video.paused ? 'M6 4l10 6-10 6Z' : 'M7 4v12M13 4v12');
  one('#mute').setAttribute('aria-label', video.muted ? 'Sound on' : 'Sound off');
  one('#mute').classList.toggle('off', video.muted);
  if (!video.muted) one('#unmute').hidden = true;
}

one('#play').addEventListener('click', toggle);
one('#mute').addEventListener('click', () => { video.muted ? unmute() : (video.muted = true); });
one('#unmute').addEventListener('click', unmute);
one('#live').addEventListener('click', () => { way?.toLive(); if (video.paused) play(); });
one('#full').addEventListener('click', full);
one('#via').value = asked;
one('#via').addEventListener('change', (event) => {
  const to = new URLSearchParams(query);
  event.target.value ? to.set('via', event.target.value) : to.delete('via');
  location.search = to;
});
addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, select, textarea')) return;
  const key = event.key.toLowerCase();
  if ((key === ' ' || key === 'k') && !event.target.closest('button, summary, a')) { event.preventDefault(); toggle(); }
  else if (key === 'm') video.muted ? unmute() : (video.muted = true);
  else if (key === 'f') full();
  else if (key === 'l') way?.toLive();
});

let idle;
function awake() {
  stage.classList.remove('idle');
  clearTimeout(idle);
  idle = setTimeout(() => stage.classList.add('idle'), 2600);
}
for (const event of ['pointermove', 'pointerdown', 'keydown', 'focusin']) stage.addEventListener(event, awake);
awake();

/* Figures. */

let bytesSeen = {at: 0, frames: 0};
function figures() {
  const quality = video.getVideoPlaybackQuality?.() ?? {totalVideoFrames: video.webkitDecodedFrameCount ?? 0, droppedVideoFrames: 0};
  const now = performance.now();
  const fps = bytesSeen.at ? (quality.totalVideoFrames - bytesSeen.frames) / ((now - bytesSeen.at) / 1000) : 0;
  bytesSeen = {at: now, frames: quality.totalVideoFrames};
  const delay = way?.delay() ?? NaN;
  Object.assign(report, {
    delay, frames: quality.totalVideoFrames, dropped: quality.droppedVideoFrames,
    errors: way?.errors() ?? 0, lastError: way?.lastError() ?? '', others: places.others().length,
  });
  const ahead = [...Array(video.buffered.length).keys()].map((i) => [video.buffered.start(i), video.buffered.end(i)])
    .find(([from, to]) => video.currentTime >= from - .1 && video.currentTime <= to + .1);
  const on = stage.dataset.state === 'playing' || stage.dataset.state === 'stalled';
  const atLive = on && !video.paused && (Number.isNaN(delay) || delay < Math.max(3, (way?.target() || 0) * 1.8));
  one('#live').classList.toggle('on', atLive);
  text(one('#delay-short'), on && !Number.isNaN(delay) ? `${delay.toFixed(1)} s behind` : '');
  if (embedded) return;
  const bits = way?.bitrate() ?? 0;
  text(one('#f-delay'), on && !Number.isNaN(delay) ? `${delay.toFixed(2)} s` : '–');
  text(one('#f-buffer'), ahead ? `${Math.max(0, ahead[1] - video.currentTime).toFixed(2)} s` : '–');
  text(one('#f-dropped'), quality.totalVideoFrames ? `${count(quality.droppedVideoFrames)} of ${count(quality.totalVideoFrames)}` : '–');
  text(one('#f-bitrate'), on && bits ? bitrate(bits) : '–');
  text(one('#f-size'), video.videoWidth ? `${video.videoWidth}×${video.videoHeight}${on && fps > 1 ? ` · ${Math.round(fps)} fps` : ''}` : '–');
  text(one('#f-stalls'), `${stalls}`);
  text(one('#f-via'), via ? WAYS[via].name : '–');
}
setInterval(() => {
  figures();
  // a picture that stands although the page shows it, and nobody said why
  if (!document.hidden && !video.paused && stage.dataset.state === 'stalled' && performance.now() - movedAt > STANDS_FOR) {
    movedAt = performance.now();
    report.fatal.push(`${via}: stood still`);
    next(via, 'the picture stood still');
  } else if (standing && performance.now() - standing > STUCK_AFTER) {
    const now = performance.now();
    if (way?.missed?.() > 1 && now - unstuckAt > UNSTUCK_FOR) {
      // the library waits at a place where nothing will come, as between two publishing sessions
      unstuckAt = now;
      way.toLive();
    }
    if (now - standing > DOUBTS_AFTER) doubt();
  }
  if (report.playing) places.look();
}, 1000);

function tellNode() {
  const {name, group} = places.here;
  report.node = name;
  text(one('#f-node'), group ? `${name} · ${group}` : name);
}

/* The page around it. */

const own = new URL(location.href);
own.searchParams.set('embed', '1');
own.searchParams.delete('token');
const frame = `<iframe src="${own.href.replaceAll('&', '&amp;')}" width="640" height="360" allow="autoplay; fullscreen" style="border:0"></iframe>`;
text(one('#embed'), frame);
one('#embed-copy').addEventListener('click', (event) => copy(event.currentTarget, frame));

if (!APP.test(app) || id && !ID.test(id)) {
  state('failed', 'This is no stream’s name', 'An application has 1 to 64 letters, digits, - or _; a stream 1 to 128 of those or ., no . at the beginning.');
  one('#again').hidden = true;
} else if (asked && !WAYS[asked]) {
  state('failed', `“${asked.slice(0, 20)}” is no way to play`, 'Expected llhls, hls, flv or ws.');
  one('#again').hidden = true;
} else if (!id) {
  document.documentElement.classList.add('choosing');
  state('failed', 'Which stream?', '');
  one('#again').hidden = true;
  const form = one('#open');
  form.elements.app.value = app;
  form.elements.id.focus();
} else {
  places.introduce().then(tellNode).then(begin);
}
