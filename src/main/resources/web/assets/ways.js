// The ways to play a stream: each starts on a <video>, tells of its end by fatal(reason) and by doubt() that
// its node may be gone, and says how it does.

const HLS = '/assets/vendor/hls.js-1.7.4/';
const MPEGTS = '/assets/vendor/mpegts.js-1.8.2/mpegts.js';

let hlsModule;
const hlsLibrary = () => hlsModule ??= import(`${HLS}hls.min.mjs`);
let mpegtsLoading;
const mpegtsLibrary = () => mpegtsLoading ??= new Promise((resolve, reject) => {
  const script = document.createElement('script');
  script.src = MPEGTS;
  script.onload = () => resolve(window.mpegts);
  script.onerror = () => { mpegtsLoading = undefined; reject(new Error('mpegts.js did not load')); };
  document.head.append(script);
});

const mse = () => Boolean(window.ManagedMediaSource ?? window.MediaSource);
const bufferEnd = (video) => (video.buffered.length ? video.buffered.end(video.buffered.length - 1) : 0);

/** hls.js keeps lists as long as a playlist's discontinuity sequence, which may be very large: it gets small ones. */
const withSmallNumbers = (Loader) => class extends Loader {
  load(context, config, callbacks) {
    super.load(context, config, {...callbacks, onSuccess(response, ...rest) {
      if (typeof response.data === 'string') {
        response.data = response.data.replace(/^(#EXT-X-DISCONTINUITY-SEQUENCE:)(\d+)/m, (all, tag, number) => tag + Number(number) % 4096);
      }
      callbacks.onSuccess(response, ...rest);
    }});
  }
};

async function hls(video, urls, fatal, doubt, lowLatency) {
  const Hls = (await hlsLibrary()).default;
  if (!Hls.isSupported()) throw new Error('this browser has no media source extensions');
  const player = new Hls({
    lowLatencyMode: lowLatency,
    pLoader: withSmallNumbers(Hls.DefaultConfig.loader),
    workerPath: `${HLS}hls.worker.js`,
    backBufferLength: 30,
    liveDurationInfinity: true,
    // a little late is made up for by playing faster
    ...(lowLatency ? {maxLiveSyncPlaybackRate: 1.08} : {}),
    // an origin that is replaced is a gap of moments, not an end
    fragLoadPolicy: policy(20_000), playlistLoadPolicy: policy(20_000), manifestLoadPolicy: policy(10_000, 1),
  });
  // and one and a half segments by going to the live edge: where hls.js plays faster no more, which is a segment behind, it would
  // stay behind for good. Given above, it wants its distance from there too, instead of the playlist's
  if (lowLatency) player.config.liveMaxLatencyDurationCount = 1.5;
  const said = {recovered: 0, errors: 0};
  player.on(Hls.Events.ERROR, (event, data) => {
    said.errors++;
    said.last = `${data.details}${data.response?.code ? ` ${data.response.code}` : ''}`;
    if (!data.fatal) {
      if (data.type === Hls.ErrorTypes.NETWORK_ERROR && !data.response?.code) doubt();
      return;
    }
    if (data.type === Hls.ErrorTypes.MEDIA_ERROR && said.recovered++ < 2) player.recoverMediaError();
    else fatal(words(data), data.response?.code);
  });
  player.attachMedia(video);
  player.loadSource(urls.hls);
  return {
    // hls.js measures to the end of the playlist; what the encoder and the way took before is not in it
    delay: () => (player.latency > 0 ? player.latency : NaN),
    target: () => player.targetLatency ?? NaN,
    bitrate: () => player.levels?.[player.currentLevel]?.bitrate ?? 0,
    bytes: () => NaN,
    toLive: () => { if (player.liveSyncPosition) video.currentTime = player.liveSyncPosition; },
    missed: () => (player.liveSyncPosition ?? 0) - video.currentTime,
    errors: () => said.errors,
    lastError: () => said.last,
    stop: () => player.destroy(),
  };
}

const policy = (timeout, retries = 6) => ({
  default: {
    maxTimeToFirstByteMs: timeout, maxLoadTimeMs: timeout * 2,
    timeoutRetry: {maxNumRetry: retries, retryDelayMs: 0, maxRetryDelayMs: 0},
    errorRetry: {maxNumRetry: retries, retryDelayMs: 500, maxRetryDelayMs: 4000},
  },
});

function words(data) {
  const code = data.response?.code;
  if (code === 404) return 'no such stream here';
  if (code === 401 || code === 403) return 'this stream needs a token that counts';
  if (code) return `the node answered ${code}`;
  if (data.type === 'networkError') return 'the node does not answer';
  return data.details ?? 'the player failed';
}

async function flv(video, url, fatal) {
  const mpegts = await mpegtsLibrary();
  if (!mpegts.getFeatureList().mseLivePlayback) throw new Error('this browser has no media source extensions');
  mpegts.LoggingControl.enableAll = false;
  const player = mpegts.createPlayer(
    {type: 'flv', isLive: true, url, cors: true},
    {
      enableWorker: false, enableStashBuffer: false, lazyLoad: false, autoCleanupSourceBuffer: true,
      liveSync: true, liveSyncMaxLatency: 1.6, liveSyncTargetLatency: .7, liveSyncPlaybackRate: 1.08,
    });
  let speed = 0;
  let errors = 0;
  player.on(mpegts.Events.STATISTICS_INFO, (info) => { speed = info.speed ?? 0; });
  player.on(mpegts.Events.ERROR, (type, detail, info) => {
    errors++;
    fatal(info?.code === 404 ? 'no such stream here' : info?.code === 403 || info?.code === 401
      ? 'this stream needs a token that counts' : info?.msg || detail, info?.code);
  });
  player.on(mpegts.Events.LOADING_COMPLETE, () => fatal('the stream ended'));
  player.attachMediaElement(video);
  player.load();
  return {
    delay: () => Math.max(0, bufferEnd(video) - video.currentTime),
    target: () => .7,
    bitrate: () => speed * 8192,
    toLive: () => { video.currentTime = Math.max(0, bufferEnd(video) - .4); },
    errors: () => errors,
    lastError: () => '',
    stop: () => { player.destroy(); },
  };
}

async function native(video, urls, fatal) {
  if (!video.canPlayType('application/vnd.apple.mpegurl')) throw new Error('this browser does not play HLS by itself');
  const failed = () => fatal(video.error?.message || 'the browser gave up');
  video.addEventListener('error', failed, {once: true});
  video.src = urls.hls;
  return {
    delay: () => (video.seekable.length ? video.seekable.end(video.seekable.length - 1) - video.currentTime : NaN),
    target: () => NaN,
    bitrate: () => 0,
    toLive: () => { if (video.seekable.length) video.currentTime = video.seekable.end(video.seekable.length - 1) - 1; },
    errors: () => 0,
    lastError: () => '',
    stop: () => { video.removeEventListener('error', failed); video.removeAttribute('src'); video.load(); },
  };
}

/** Players of those that are sent (isSent) go to a better node where the one they come to has enough. */
export const WAYS = {
  llhls: {name: 'LL-HLS', able: mse, start: (video, urls, fatal, doubt) => hls(video, urls, fatal, doubt, true)},
  ws: {name: 'WebSocket-FLV', able: mse, isSent: true, start: (video, urls, fatal) => flv(video, urls.ws, fatal)},
  flv: {name: 'HTTP-FLV', able: mse, isSent: true, start: (video, urls, fatal) => flv(video, urls.flv, fatal)},
  hls: {
    name: 'HLS', able: () => true,
    start: (video, urls, fatal, doubt) => (mse() ? hls(video, urls, fatal, doubt, false) : native(video, urls, fatal)),
  },
};

/** In which order they are tried when none is asked for. */
export const ORDER = ['llhls', 'ws', 'flv', 'hls'];
