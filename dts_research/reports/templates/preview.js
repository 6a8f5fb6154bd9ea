"use strict";
// The report stands in a frame as it is, without a script; this page alone listens and reloads it.
(() => {
  const banner = document.getElementById("bandeau");
  const line = document.getElementById("ligne");
  const stopped = "L’aperçu est arrêté : cette page ne changera plus.";
  let shown = null, coming = null, page = "";

  const tell = (state, said, reason = "", code = "") => {
    banner.className = state;
    banner.hidden = !said;
    document.getElementById("dit").textContent = said;
    document.getElementById("raison").textContent = reason;
    line.hidden = !code;
    line.querySelector("code").textContent = code;
  };

  // Where the reader is: the last thing with a name above the middle of the window, and how far.
  const place = (frame) => {
    const view = frame.contentWindow;
    let found = null;
    for (const one of frame.contentDocument.querySelectorAll("main [id]")) {
      const top = one.getBoundingClientRect().top;
      if (top <= view.innerHeight / 2 && (!found || top >= found.top)) found = { id: one.id, top };
    }
    return { y: view.scrollY, found };
  };
  const go = (frame, { y, found }) => {
    const view = frame.contentWindow;
    const same = y > 0 && found && frame.contentDocument.getElementById(found.id);
    const top = same ? same.getBoundingClientRect().top + view.scrollY - found.top : y;
    view.scrollTo({ top, behavior: "instant" });
  };

  // Fonts settle the lines, so the place; a frame that never says it is ready is shown anyway.
  const settled = (frame) => Promise.race([
    frame.contentDocument.fonts.ready, new Promise((done) => setTimeout(done, 500)),
  ]);
  const swap = async (frame) => {
    for (const link of frame.contentDocument.querySelectorAll('a[href^="http"]')) {
      link.target = "_blank";
      link.rel = "noopener noreferrer";
    }
    await settled(frame);
    if (frame !== coming) return frame.remove();
    const held = shown && document.activeElement === shown;
    if (shown) go(frame, place(shown));
    frame.className = "";
    if (shown) shown.remove();
    shown = frame;
    coming = null;
    if (held) frame.focus({ preventScroll: true });
    document.title = `Aperçu – ${frame.contentDocument.title}`;
  };
  const load = () => {
    const frame = document.createElement("iframe");
    frame.className = "next";
    frame.title = "Le rapport";
    frame.src = `rapport?${page}`;
    frame.addEventListener("load", () => swap(frame), { once: true });
    coming = frame;
    document.body.append(frame);
  };

  const news = new EventSource("nouvelles");
  news.onmessage = (event) => {
    const { state, said, reason, line: code, page: made } = JSON.parse(event.data);
    tell(state, said, reason, code);
    if (made && made !== page) {
      page = made;
      load();
    }
  };
  news.onerror = () => tell("stopped", stopped);
})();
