// Links from place to place: a speaker's name, a turn, a word that was said. Each is an address of
// the page, and works as one with Ctrl or the middle button.

function listenForPlaces(trigger) {
  window.turnciteGo = query => trigger('select', {query});
  if (window.turncitePlaces) return;
  window.turncitePlaces = true;
  document.addEventListener('click', click => {
    const link = click.target.closest && click.target.closest('a.go, [role=tab]');
    if (!link) return;
    if (link.matches('[role=tab]')) {  // the address names a speaker or words while these are shown
      const named = new URLSearchParams(location.search);
      if (!named.has('document') && (named.has('speaker') || named.has('said'))
          && link.textContent.trim() !== 'Explore') {
        history.replaceState(history.state, '', location.pathname);
      }
      return;
    }
    if (click.ctrlKey || click.metaKey || click.shiftKey || click.button) return;
    click.preventDefault();
    const query = link.getAttribute('href');
    history.replaceState(history.state, '', query.replace(/&play=1$/, ''));
    window.turnciteGo(query);
    if (innerWidth < 900) setTimeout(() => scrollTo({top: 0, behavior: 'smooth'}), 300);
  }, true);
}

// The tab of speakers and words: a column of the picture leads to the transcripts of its time.
function listenForFound(element, trigger, watch) {
  element.addEventListener('click', click => {
    const target = click.target.closest('button[data-period], button[data-act]');
    if (!target) return;
    if (target.dataset.act) { trigger('select', {...target.dataset}); return; }
    const of = [...element.querySelectorAll('.places li[data-date]')]
      .filter(item => item.dataset.date.startsWith(target.dataset.period));
    for (const item of of) item.querySelector('details').open = true;
    if (!of.length) return;
    of[0].scrollIntoView({behavior: 'smooth', block: 'start'});
    of[0].querySelector('summary').focus({preventScroll: true});
  });
  function opened() {
    const found = element.querySelector('.found');
    if (found) history.replaceState(history.state, '', found.dataset.link);
  }
  watch('value', opened);
}
