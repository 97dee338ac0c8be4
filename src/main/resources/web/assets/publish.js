import {copy, one, text} from './dom.js';

const form = one('#names');
const query = new URLSearchParams(location.search);
for (const name of ['app', 'id']) if (query.get(name)) form.elements[name].value = query.get(name);
const host = location.hostname || 'localhost';
const secure = location.protocol === 'https:';
let ports = {rtmp: 1935, live: 8080};

/** A stream key stands for the stream's name; all else is said behind it. */
function published(id, way, secret) {
  if (way === '') return id;
  const said = encodeURIComponent(secret).replaceAll("'", '%27') || `YOUR-${way.toUpperCase()}`;
  return way === 'key' ? said : `${id}?${way}=${said}`;
}

/** A word of a shell: ? is for the shell otherwise. */
const shell = (word) => (/^[A-Za-z0-9_.:/-]+$/.test(word) ? word : `'${word}'`);

function write() {
  const problem = one('#problem');
  problem.hidden = form.checkValidity();
  if (!problem.hidden) {
    text(problem, 'An application has 1 to 64 letters, digits, - or _; a stream 1 to 128 of those or ., no . at the beginning.');
    return;
  }
  const {app, id, way} = Object.fromEntries(new FormData(form));
  const {secret: field} = form.elements;
  field.disabled = way === '';
  // what came by TLS goes on by TLS, where the node has it
  const tls = secure && ports.rtmps;
  one('#plain').hidden = !secure || Boolean(tls);
  const rtmp = `${tls ? 'rtmps' : 'rtmp'}://${host}${!tls && ports.rtmp === 1935 ? '' : `:${tls || ports.rtmp}`}/${app}`;
  const liveTls = secure && ports['live-tls'];
  const live = `${liveTls ? 'https' : 'http'}://${host}:${liveTls || ports.live}`;
  const name = published(id, way, field.value.trim());
  text(one('#obs-server'), rtmp);
  text(one('#obs-key'), name);
  text(one('#ffmpeg'), 'ffmpeg -re -f lavfi -i testsrc2=size=1280x720:rate=30 -f lavfi -i sine=frequency=440 '
    + `-c:v libx264 -preset veryfast -tune zerolatency -g 60 -pix_fmt yuv420p -c:a aac -f flv ${shell(`${rtmp}/${name}`)}`);
  text(one('#hls'), `${location.origin}/${app}/streams/${id}.m3u8`);
  text(one('#flv'), `${live}/${app}/${id}.flv`);
  text(one('#rtmp'), `${rtmp}/${id}`);
  one('#play-link').href = `/play.html?${new URLSearchParams({app, id})}`;
}

form.addEventListener('input', write);
form.addEventListener('submit', (event) => event.preventDefault());
document.querySelectorAll('[data-copy]').forEach((button) => button.addEventListener('click', () => copy(button, one(`#${button.dataset.copy}`).textContent)));
write();

fetch('/rest/v2/node').then((response) => response.json()).then((node) => {
  ports = node.ports;
  const id = node.nodeId ?? node.id;
  if (id) text(one('#node'), `This one is ${id}${node.nodeGroup ? `, in ${node.nodeGroup}` : ''}.`);
  write();
}).catch(() => text(one('#node'), 'This node does not answer now: the ports below are the usual ones.'));
