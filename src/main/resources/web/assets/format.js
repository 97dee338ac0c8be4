export function bitrate(bits) {
  if (!(bits > 0)) return '0 kb/s';
  if (bits < 1e6) return `${Math.round(bits / 1e3)} kb/s`;
  if (bits < 1e9) return `${(bits / 1e6).toFixed(bits < 1e7 ? 2 : 1)} Mb/s`;
  return `${(bits / 1e9).toFixed(2)} Gb/s`;
}

export const count = (number) => (number ?? 0).toLocaleString('en');

export function duration(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${String(minutes % 60).padStart(2, '0')} min` : `${Math.floor(hours / 24)} days`;
}

export const clock = (date) => date.toLocaleTimeString([], {hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false});

export function memory(mb) {
  return mb >= 10240 ? `${(mb / 1024).toFixed(1)} GB` : `${count(mb)} MB`;
}

const CODECS = {H264: 'H.264', HEVC: 'HEVC', AV1: 'AV1', VP9: 'VP9', AAC: 'AAC', OPUS: 'Opus', MP3: 'MP3'};
const codec = (name) => CODECS[name] ?? name;

export function video(stream) {
  const track = stream.tracks.find((one) => ['H264', 'HEVC', 'AV1', 'VP9'].includes(one.codec));
  if (!track) return 'no video';
  const size = track.width ? `${track.width}×${track.height}` : '';
  const fps = stream.fps ? `${Number(stream.fps.toFixed(1))} fps` : '';
  return [codec(track.codec), size, fps].filter(Boolean).join(' · ');
}

export function audio(stream) {
  const track = stream.tracks.find((one) => ['AAC', 'OPUS', 'MP3'].includes(one.codec));
  if (!track) return 'no audio';
  const rate = track.sampleRate ? `${track.sampleRate / 1000} kHz` : '';
  const channels = {1: 'mono', 2: 'stereo'}[track.channels] ?? (track.channels ? `${track.channels} ch` : '');
  return [codec(track.codec), rate, channels].filter(Boolean).join(' · ');
}

/** Frames of all tracks a second, to say a lag in milliseconds. */
export function frameRate(stream) {
  if (!stream) return 0;
  const sound = stream.tracks.find((one) => ['AAC', 'OPUS', 'MP3'].includes(one.codec));
  const perFrame = {AAC: 1024, MP3: 1152}[sound?.codec];
  return (stream.fps || 0) + (perFrame && sound.sampleRate ? sound.sampleRate / perFrame : sound ? 50 : 0);
}
