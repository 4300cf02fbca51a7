// Fetches the page again every two seconds and changes what differs, in place: focus, selection,
// scrolling and opened parts stay as they are. Everything works without it, too, by reloading.
'use strict';

const kPeriod = 2000;     // ms between an answer and the next question
const kPatience = 10000;  // ms for one answer

const pause = document.getElementById('pause');
const connection = document.getElementById('connection');
const paused = () => pause.getAttribute('aria-pressed') === 'true';
let timer = 0;
let asking = false;
let lastAnswer = document.getElementById('read').textContent;

function morph(old, wanted) {
  if (old.nodeName !== wanted.nodeName || old.id !== wanted.id) {
    old.replaceWith(document.importNode(wanted, true));
    return;
  }
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== wanted.data) old.data = wanted.data;
    return;
  }
  // Whether a part is open is the reader's decision.
  for (const {name} of [...old.attributes]) {
    if (name !== 'open' && !wanted.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const {name, value} of wanted.attributes) {
    if (name !== 'open' && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  const before = [...old.childNodes];
  const after = [...wanted.childNodes];
  after.forEach((child, i) => {
    if (i < before.length) morph(before[i], child);
    else old.append(document.importNode(child, true));
  });
  for (const child of before.slice(after.length)) child.remove();
}

// A live region: it speaks when its text changes, so it changes only with the state.
function tell(text) {
  if (connection.textContent !== text) connection.textContent = text;
  document.body.classList.toggle('disconnected', text !== '');
}

async function refresh() {
  const answer = await fetch('/', {cache: 'no-store', signal: AbortSignal.timeout(kPatience)});
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  if (!page.getElementById('main')) throw new Error('not the page');
  if (paused()) return;
  for (const id of ['host', 'read', 'main']) {
    morph(document.getElementById(id), page.getElementById(id));
  }
  document.title = page.title;
  lastAnswer = document.getElementById('read').textContent;
}

async function ask() {
  clearTimeout(timer);
  if (asking || paused() || document.hidden) return;
  asking = true;
  try {
    await refresh();
    tell('');
  } catch {
    tell(`The daemon does not answer. What you see was read at ${lastAnswer}. Still trying.`);
  }
  asking = false;
  clearTimeout(timer);
  timer = setTimeout(ask, kPeriod);
}

pause.hidden = false;
pause.addEventListener('click', () => {
  pause.setAttribute('aria-pressed', String(!paused()));
  if (!paused()) ask();
});
document.addEventListener('visibilitychange', ask);
timer = setTimeout(ask, kPeriod);
