// What gr.HTML runs when it is on the page: app.py calls one function for each component, with
// the `element`, `trigger` and `watch` that gradio gives it.

// The evidence. One listener on the document: the chat redraws its messages, so links come and go.
// The arrow keys lead to the source before and after, on a marker and inside the panel.
function listenForSources(element, trigger, watch) {
  const panel = () => document.getElementById('evidence');
  window.turnciteShow = key => trigger('select', {key});
  window.turnciteOpen = ({key, document}) => trigger('click', {key, document});
  if (!window.turnciteListens) {
    window.turnciteListens = true;
    document.addEventListener('click', click => {
      const link = click.target.closest
        && click.target.closest('a.cite, a.source, button.tab, [role=tab]');
      if (!link) return;
      if (link.matches('button.tab')) {  // what is said to be in another tab leads there
        const named = [...document.querySelectorAll('[role=tab]')]
          .find(tab => tab.textContent.trim() === link.dataset.tab);
        if (named) { named.click(); named.focus(); }
        return;
      }
      if (link.matches('[role=tab]')) {  // the address names a transcript while that is read
        const named = new URLSearchParams(location.search).has('document');
        if (named && link.textContent.trim() !== 'Transcript') {
          history.replaceState(history.state, '', location.pathname);
        }
        return;
      }
      click.preventDefault();
      window.turnciteShow(link.getAttribute('href').slice(1));
      if (innerWidth < 900 && panel()) panel().scrollIntoView({behavior: 'smooth', block: 'start'});
    }, true);
    document.addEventListener('keydown', press => {
      const at = press.target.closest && press.target.closest('a.cite, a.source, #evidence');
      const way = {ArrowLeft: 'previous', ArrowRight: 'next'}[press.key];
      const lost = window.turnciteInside && press.target === document.body;
      if (!(at || lost) || !way || press.altKey || press.ctrlKey || press.metaKey) return;
      const step = document.querySelector(`#evidence button.${way}:not([disabled])`);
      if (!step) return;
      press.preventDefault();
      step.click();
    });
  }
  element.addEventListener('click', click => {
    const target = click.target.closest('button.step, a.open, button.copy');
    if (!target) return;
    if (target.matches('a.open')) {
      // With Ctrl or the middle button it is a link like any other.
      if (click.ctrlKey || click.metaKey || click.shiftKey) return;
      click.preventDefault();
      history.replaceState(history.state, '', target.getAttribute('href'));
      window.turnciteOpen(target.dataset);
    }
    if (target.matches('.step')) window.turnciteShow(target.dataset.key);
    if (target.matches('.copy')) copyText(target.dataset.text, target);
  });
  element.addEventListener('focusin', () => { window.turnciteInside = true; });
  element.addEventListener('focusout', event => {
    if (event.relatedTarget) window.turnciteInside = false;
  });
  watch('value', () => {
    const mark = element.querySelector('mark');
    if (!panel()) return;
    const middle = mark ? mark.getBoundingClientRect().top - panel().getBoundingClientRect().top : 0;
    panel().scrollTop = mark ? panel().scrollTop + middle - panel().clientHeight / 2 : 0;
    // What had the focus was replaced: the keys go on from the panel.
    if (window.turnciteInside && document.activeElement === document.body) {
      const next = element.querySelector('button.next:not([disabled])');
      (next || element.querySelector('button, a'))?.focus({preventScroll: true});
    }
  });
}

function copyText(text, button) {
  const done = word => {
    const before = button.textContent;
    button.textContent = word;
    setTimeout(() => { button.textContent = before; }, 1500);
  };
  if (button.textContent === 'Copied') return;
  // Browsers give the clipboard to pages of this machine and of https only.
  if (navigator.clipboard) navigator.clipboard.writeText(text).then(() => done('Copied'));
  else prompt('Copy with Ctrl+C', text);
}

// A chip is typed and sent like any question, so that questions have one way in and one queue.
// In the chat, which is drawn anew at each step, clicks are caught on the document.
function listenForChips(element, trigger) {
  window.turnciteEdit = at => trigger('edit', {at});
  window.turnciteRetry = at => trigger('retry', {at});
  if (window.turnciteTools) return;
  window.turnciteTools = true;
  document.addEventListener('click', click => {
    const chip = click.target.closest?.('#chips button.chip, #chat button.chip');
    const tool = click.target.closest?.('#chat button.tool');
    if (click.detail > 1 || !(chip || tool)) return;
    if (chip) askFor(chip.value);
    else if (tool.matches('.copy')) copyText(tool.value, tool);
    else if (tool.matches('.edit')) {
      window.turnciteEdit(tool.value);
      document.querySelector('#question textarea').focus();
    } else window.turnciteRetry(tool.value);
  });
}

function askFor(question) {
  const box = document.querySelector('#question textarea');
  box.value = question;
  box.dispatchEvent(new Event('input', {bubbles: true}));
  setTimeout(() => document.querySelector('#question button.submit-button').click(), 50);
}

// What stands outside of gr.HTML is on the page a moment later.
function readyPage() {
  const ready = () => document.querySelector('#chat [role=log], #chat .wrapper') && document.getElementById('more');
  const begin = () => { listenForQuestions(); nameCalendars(); };
  if (ready()) begin();
  else setTimeout(readyPage, 50);
}

// A new question goes to the top of the chat, and the answer is read from its beginning: the chat
// does not follow its end. The last reply has the height of the chat, so that there is room for that.
function listenForQuestions() {
  const chat = document.getElementById('chat');
  if (!chat || chat.turnciteCounts !== undefined) return;
  chat.turnciteCounts = 0;
  new MutationObserver(() => {
    const asked = chat.querySelectorAll('.asked');
    const grew = asked.length > chat.turnciteCounts;
    chat.turnciteCounts = asked.length;
    const room = chat.querySelector('[role=log], .bubble-wrap');
    if (!grew || !room) return;
    chat.style.setProperty('--room', `${room.clientHeight}px`);
    const last = asked[asked.length - 1].closest('.message-row') || asked[asked.length - 1];
    const down = last.getBoundingClientRect().top - room.getBoundingClientRect().top;
    if (innerWidth > 900) room.scrollTo({top: room.scrollTop + down, behavior: 'instant'});
    else if (asked.length > 1) last.scrollIntoView({block: 'start', behavior: 'instant'});
  }).observe(chat, {childList: true, subtree: true});
}

// The buttons of gradio's calendars have no name of their own; they come when the filters open.
function nameCalendars() {
  const more = document.getElementById('more');
  if (!more || more.turnciteNames) return;
  more.turnciteNames = true;
  new MutationObserver(() => {
    for (const button of more.querySelectorAll('button.calendar:not([aria-label])')) {
      const label = button.closest('.block')?.querySelector('label, [data-testid=block-info]');
      button.setAttribute('aria-label', `Calendar: ${(label?.textContent || 'date').trim()}`);
    }
  }).observe(more, {childList: true, subtree: true});
}

// A refused upload is told by gradio with the number of its answer, which says nothing to a reader.
function plainToasts() {
  if (window.turnciteToasts) return;
  window.turnciteToasts = new MutationObserver(() => {
    const told = document.querySelector('.toast-message-text');
    const code = /^\s*HTTP \d{3}: /;
    if (told && code.test(told.textContent)) told.textContent = told.textContent.replace(code, '');
  });
  window.turnciteToasts.observe(document.body, {childList: true, subtree: true});
}

// The table of transcripts: its buttons sort, open, remove, and ask for unread lines.
function listenForActs(element, trigger) {
  plainToasts();
  element.addEventListener('click', click => {
    const button = click.target.closest('[data-act]');
    if (!button || (button.href && (click.ctrlKey || click.metaKey || click.shiftKey))) return;
    click.preventDefault();
    trigger('select', {...button.dataset});
    if (button.dataset.act === 'remove') {
      setTimeout(() => document.getElementById('confirm')
        ?.scrollIntoView({behavior: 'smooth', block: 'center'}), 400);
    }
  });
}

// The chips of filters, and in the chat those of what a question was understood to say.
function listenForLimits(element, trigger) {
  window.turnciteBeyond = key => trigger('click', {key});
  if (!window.turnciteLimits) {
    window.turnciteLimits = true;
    document.addEventListener('click', click => {
      const link = click.target.closest && click.target.closest('a.limit');
      if (!link) return;
      click.preventDefault();
      window.turnciteBeyond(link.getAttribute('href').slice(1));
    }, true);
  }
  element.addEventListener('click', click => {
    const chip = click.target.closest('button.limit');
    if (chip) trigger('select', {...chip.dataset});
  });
}

// The unread lines stand below the table, which may be long.
function scrollToUnread(element, watch) {
  watch('value', () => {
    if (element.querySelector('table')) element.scrollIntoView({behavior: 'smooth', block: 'nearest'});
  });
}
