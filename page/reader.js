// What the reader of a whole transcript does by itself: find, one speaker's turns, go to a turn or
// a time, links. Nothing of it asks the server.

function listenForReader(element, trigger, watch) {
  let matches = [], now = -1;
  const all = selector => [...element.querySelectorAll(selector)];
  const list = () => element.querySelector('ol');
  const marks = typeof Highlight === 'function' && CSS.highlights;

  function scrollTo(box) {
    const top = box.getBoundingClientRect().top - list().getBoundingClientRect().top;
    list().scrollTop += top - list().clientHeight / 3;
  }

  // Where the words stand in the turns that are shown, as ranges of the page's text.
  function find(words) {
    const pattern = words.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, '\\s+');
    const found = [];
    if (!pattern) return found;
    for (const text of all('li:not([hidden]) p')) {
      const nodes = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
      for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
        for (const match of node.data.matchAll(new RegExp(pattern, 'giu'))) {
          const range = new Range();
          range.setStart(node, match.index);
          range.setEnd(node, match.index + match[0].length);
          found.push(range);
        }
      }
    }
    return found;
  }

  function show(number) {
    const said = element.querySelector('.found');
    const words = element.querySelector('input.words').value.trim();
    now = matches.length ? (number + matches.length) % matches.length : -1;
    said.textContent = !words ? '' : matches.length ? `${now + 1} of ${matches.length}` : 'none';
    for (const button of all('.tools .step')) button.disabled = !matches.length;
    if (marks) {
      CSS.highlights.set('found', new Highlight(...matches));
      CSS.highlights.set('found-now', new Highlight(...matches.slice(now, now + 1)));
    }
    if (matches.length) scrollTo(matches[now]);
  }

  function search() {
    matches = find(element.querySelector('input.words').value);
    show(0);
  }

  // The recording: a turn's time plays from there, and the turn that is heard is marked.
  const player = () => element.querySelector('.player audio, .player video');
  let timed = [], heard = null;

  function play(seconds) {
    const media = player();
    if (!media) return;
    media.currentTime = seconds;
    media.play().catch(() => {});  // where the browser wants a click first, it waits at the place
  }

  // The last turn that began by the time that is played.
  function turnAt(seconds) {
    let low = 0, high = timed.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (Number(timed[middle].dataset.seconds) <= seconds) low = middle + 1; else high = middle;
    }
    return timed[low - 1];
  }

  function mark() {
    const turn = turnAt(player().currentTime + 0.05);
    if (turn === heard) return;
    if (heard) { heard.classList.remove('heard'); heard.removeAttribute('aria-current'); }
    heard = turn;
    if (!heard) return;
    heard.classList.add('heard');
    heard.setAttribute('aria-current', 'true');
    if (!heard.hidden && element.querySelector('input.follow').checked) scrollTo(heard);
  }

  function listen() {
    const media = player();
    heard = null;
    timed = media ? all('li[data-seconds]') : [];
    if (!media) return;
    for (const name of ['timeupdate', 'seeked', 'play']) media.addEventListener(name, mark);
    media.addEventListener('error', () => {
      element.querySelector('.player .hint').hidden = false;
    });
    const from = element.querySelector('.reader').dataset.play;
    if (from !== undefined) play(Number(from));
  }

  function address(link) { history.replaceState(history.state, '', link); }

  function goTo(turn) {
    if (!turn) return;
    turn.hidden = false;
    for (const other of all('li.cited')) other.classList.remove('cited');
    turn.classList.add('cited');
    address(turn.querySelector('a.spot').getAttribute('href'));
    scrollTo(turn);
  }

  // "17" is a turn, "12:30" and "1:02:03" are times: the last turn that began by then.
  function place(words) {
    const parts = words.trim().split(':').map(Number);
    if (!words.trim() || parts.some(isNaN)) return null;
    if (parts.length === 1) return element.querySelector(`li[data-turn="${parts[0]}"]`);
    const seconds = parts.reduce((sum, part) => sum * 60 + part, 0);
    return all('li[data-seconds]').filter(turn => turn.dataset.seconds <= seconds).pop();
  }

  element.addEventListener('input', event => {
    if (event.target.matches('input.words')) search();
  });
  element.addEventListener('change', event => {
    if (event.target.matches('select.voice')) {
      const {selectedIndex, value} = event.target;
      for (const turn of all('li')) {
        turn.hidden = selectedIndex > 0 && turn.dataset.speaker !== value;
      }
      search();
      if (!matches.length) list().scrollTop = 0;
    }
  });
  element.addEventListener('keydown', event => {
    if (event.key !== 'Enter') return;
    if (event.target.matches('input.words')) show(now + (event.shiftKey ? -1 : 1));
    if (event.target.matches('input.place')) goTo(place(event.target.value));
  });
  element.addEventListener('click', event => {
    const target = event.target.closest('a.spot, button');
    if (target && target.matches('.at')) play(Number(target.closest('li').dataset.seconds));
    if (!target) return;
    if (target.matches('a.spot')) {
      event.preventDefault();
      goTo(target.closest('li'));
    }
    if (target.matches('.step')) show(now + (target.matches('.next') ? 1 : -1));
    if (target.matches('.copy')) copyText(location.href, target);
  });
  function opened() {
    matches = [];
    const reader = element.querySelector('.reader');
    if (marks) CSS.highlights.clear();
    if (!reader) return;
    const talk = element.querySelector('details.talk');
    if (talk) talk.open = innerWidth >= 1100;
    listen();
    const turn = element.querySelector('li.cited');
    const words = turn && turn.querySelector('mark');
    if (!words) address(turn ? turn.querySelector('a.spot').getAttribute('href')
                             : reader.dataset.link);
    // The tab is opened by the same answer of the server, and may not be laid out yet.
    let tries = 60, steps = 4;  // what comes into view takes its true height only then
    (function settle() {
      if (list() && list().offsetParent) {
        if (turn) scrollTo(words || turn); else list().scrollTop = 0;
        if (turn && --steps) requestAnimationFrame(settle);
      } else if (tries--) requestAnimationFrame(settle);
    })();
  }

  watch('value', opened);
  opened();  // what the tab was opened with, where that was before this ran
}
