// What gr.HTML runs when it is on the page: app.py calls one function for each component, with
// the `element`, `trigger` and `watch` that gradio gives it.

// The evidence. One listener on the document: the chat redraws its messages, so links come and go.
function listenForSources(element, trigger, watch) {
  window.turnciteShow = key => trigger('select', {key});
  if (!window.turnciteListens) {
    window.turnciteListens = true;
    document.addEventListener('click', click => {
      const link = click.target.closest && click.target.closest('a.cite, a.source');
      if (!link) return;
      click.preventDefault();
      window.turnciteShow(link.getAttribute('href').slice(1));
      const panel = document.getElementById('evidence');
      if (innerWidth < 900 && panel) panel.scrollIntoView({behavior: 'smooth', block: 'start'});
    }, true);
  }
  watch('value', () => {
    const panel = document.getElementById('evidence'), mark = element.querySelector('mark');
    if (!panel) return;
    const middle = mark ? mark.getBoundingClientRect().top - panel.getBoundingClientRect().top : 0;
    panel.scrollTop = mark ? panel.scrollTop + middle - panel.clientHeight / 2 : 0;
  });
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

// The table of transcripts: a click on a number of unread lines asks for them.
function listenForUnread(element, trigger) {
  element.addEventListener('click', click => {
    const button = click.target.closest('button.unread');
    if (button) trigger('select', {document: button.dataset.document});
  });
}

// The unread lines stand below the table, which may be long.
function scrollToUnread(element, watch) {
  watch('value', () => {
    if (element.querySelector('table')) element.scrollIntoView({behavior: 'smooth', block: 'nearest'});
  });
}
