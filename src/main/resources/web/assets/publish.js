import {copy, one, text} from './dom.js';

const form = one('#names');
const query = new URLSearchParams(location.search);
for (const name of ['app', 'id']) if (query.get(name)) form.elements[name].value = query.get(name);
const host = location.hostname || 'localhost';
let ports = {rtmp: 1935, live: 8080};

function write() {
  const problem = one('#problem');
  problem.hidden = form.checkValidity();
  if (!problem.hidden) {
    text(problem, 'A name has 1 to 64 letters, digits, - or _.');
    return;
  }
  const {app, id} = Object.fromEntries(new FormData(form));
  const rtmp = `rtmp://${host}${ports.rtmp === 1935 ? '' : `:${ports.rtmp}`}/${app}`;
  text(one('#obs-server'), rtmp);
  text(one('#obs-key'), id);
  text(one('#ffmpeg'), 'ffmpeg -re -f lavfi -i testsrc2=size=1280x720:rate=30 -f lavfi -i sine=frequency=440 '
    + `-c:v libx264 -preset veryfast -tune zerolatency -g 60 -pix_fmt yuv420p -c:a aac -f flv ${rtmp}/${id}`);
  text(one('#hls'), `${location.origin}/${app}/streams/${id}.m3u8`);
  text(one('#flv'), `http://${host}:${ports.live}/${app}/${id}.flv`);
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
