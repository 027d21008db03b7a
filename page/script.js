// What gr.HTML runs when it is on the page: app.py calls one function for each component, with
// the `element`, `trigger` and `watch` that gradio gives it.

// The evidence. One listener on the document: the chat redraws its messages, so links come and go.
// The arrow keys lead to the source before and after, on a marker and inside the panel.
function listenForSources(element, trigger, watch) {
  const panel = () => document.getElementById('evidence');
  window.turnciteShow = key => trigger('select', {key});
  window.turnciteOpen = key => trigger('click', {key});
  if (!window.turnciteListens) {
    window.turnciteListens = true;
    document.addEventListener('click', click => {
      const link = click.target.closest && click.target.closest('a.cite, a.source, [role=tab]');
      if (!link) return;
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
      window.turnciteOpen(target.dataset.key);
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
  // Browsers give the clipboard to pages of this machine and of https only.
  if (navigator.clipboard) navigator.clipboard.writeText(text).then(() => done('Copied'));
  else prompt('Copy with Ctrl+C', text);
}

// A chip is typed and sent like any question, so that questions have one way in and one queue.
function listenForChips(element) {
  element.addEventListener('click', click => {
    const chip = click.target.closest('button.chip');
    const box = document.querySelector('#question textarea');
    if (!chip || click.detail > 1) return;
    box.value = chip.dataset.question;
    box.dispatchEvent(new Event('input', {bubbles: true}));
    setTimeout(() => document.querySelector('#question button').click(), 50);
  });
}

// The table of transcripts: its buttons sort, open, remove, and ask for unread lines.
function listenForActs(element, trigger) {
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
