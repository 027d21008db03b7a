// The conversations that this browser keeps, one record each in localStorage, and their list. Several
// windows of one browser leave each other's alone; a window goes on with its own after a reload.
const TALK = 'turncite.talk.';
const MOST_TALKS = 30;
const MOST_CHARS = 2_000_000;  // browsers give about five million

function listenForTalks(element, trigger, watch) {
  let opened = false;  // the list stays open when it is drawn anew
  const draw = () => {
    const told = element.querySelector('.talks');
    if (!told) return;
    try {
      if (told.dataset.record) keepTalk(JSON.parse(told.dataset.record), told.dataset.record);
      delete told.dataset.record;
      if ('id' in told.dataset) sessionStorage.setItem('turncite.now', told.dataset.id);
      const now = sessionStorage.getItem('turncite.now');
      told.replaceChildren(...talkList(talksOf(told.dataset.library), now));
      const menu = told.querySelector('details');
      if (!menu) return;
      menu.open = opened;
      menu.addEventListener('toggle', () => { opened = menu.open; });
    } catch (error) {
      told.replaceChildren();  // a browser that keeps nothing has no list
    }
  };
  element.addEventListener('click', click => {
    const button = click.target.closest('button[data-talk]');
    if (!button) return;
    const key = TALK + button.dataset.talk;
    if (!button.matches('.forget')) {
      opened = false;
      trigger('select', {record: JSON.parse(localStorage.getItem(key) || '{}').record});
    } else if (button.dataset.sure) {
      const open = button.dataset.talk === sessionStorage.getItem('turncite.now');
      localStorage.removeItem(key);
      draw();
      if (open) document.querySelector('#fresh').click();
    } else {  // once more to be sure
      button.dataset.sure = 'yes';
      button.textContent = 'Really delete?';
    }
  });
  element.addEventListener('keydown', press => {
    const menu = element.querySelector('details[open]');
    if (press.key !== 'Escape' || !menu) return;
    menu.open = false;
    menu.querySelector('summary').focus();
  });
  addEventListener('click', click => {
    const menu = element.querySelector('details[open]');
    if (menu && !menu.contains(click.target) && click.target.isConnected) menu.open = false;
  });
  addEventListener('storage', draw);  // another window kept or deleted one
  watch('value', draw);
  draw();
}

function allTalks() {
  const found = [];
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith(TALK)) continue;
    const text = localStorage.getItem(key);
    try {
      found.push({...JSON.parse(text), key, size: text.length});
    } catch (error) {
      localStorage.removeItem(key);
    }
  }
  return found.sort((one, other) => other.at - one.at);
}

const talksOf = library => allTalks().filter(talk => talk.library === library);

function keepTalk(talk, record) {
  const key = TALK + talk.id;
  if (!talk.exchanges.length) return;
  const {id, library, title} = talk;
  const text = JSON.stringify({id, library, title, at: Date.now(), record});
  const others = allTalks().filter(other => other.key !== key);
  let room = MOST_CHARS - text.length;
  others.forEach((other, place) => {
    room -= other.size;
    if (place >= MOST_TALKS - 1 || room < 0) localStorage.removeItem(other.key);
  });
  for (;;) {
    try {
      localStorage.setItem(key, text);
      return;
    } catch (error) {  // full: the oldest goes
      const oldest = allTalks().filter(other => other.key !== key).pop();
      if (!oldest) return;
      localStorage.removeItem(oldest.key);
    }
  }
}

function talkList(talks, now) {
  if (!talks.length) return [];
  const rows = talks.map(talk => {
    const open = make('button', 'open', talk.title || 'Untitled', talk.id);
    if (talk.id === now) open.setAttribute('aria-current', 'true');
    open.append(make('small', '', new Date(talk.at).toLocaleDateString()));
    const forget = make('button', 'forget', 'Delete', talk.id);
    forget.setAttribute('aria-label', `Delete ${talk.title}`);
    const row = document.createElement('li');
    row.append(open, forget);
    return row;
  });
  const menu = document.createElement('details');
  const list = document.createElement('ul');
  list.append(...rows);
  menu.append(make('summary', '', `Conversations (${talks.length})`), list);
  return [menu];
}

function make(kind, name, text, talk) {
  const made = document.createElement(kind);
  if (name) made.className = name;
  if (kind === 'button') made.type = 'button';
  if (talk) made.dataset.talk = talk;
  made.textContent = text;
  return made;
}
