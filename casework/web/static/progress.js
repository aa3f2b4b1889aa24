/* Shows how far something is that a worker does, every few seconds while the page is looked at; without a script a link asks once.
   Where asking is limited (data-patient) it asks ever less often: some 17 times in ten minutes, not 120. */
(() => {
  "use strict";

  const EVERY = 5000, LONGEST = 60000;
  let pause = EVERY;
  const ask = async () => {
    const room = document.querySelector("[data-progress]");
    if (!room) return;
    if (!document.hidden) {
      try {
        const answer = await fetch(room.dataset.progress, { credentials: "same-origin", cache: "no-store", headers: { "X-Casework": "script" } });
        // Whose session is over is told so elsewhere on the page.
        if (answer.status !== 200) throw new Error(answer.statusText);
        const now = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-progress]");
        // Over: what came of it stands on the page itself. Nothing that somebody has chosen here is taken away.
        if (!now) return room.dataset.over ? say(room) : location.replace(room.dataset.progress);
        // Whoever is at its link stays there.
        if (!room.contains(document.activeElement)) room.replaceChildren(...[...now.childNodes].map((part) => document.importNode(part, true)));
        pause = room.dataset.patient === undefined ? EVERY : Math.min(pause * 1.5, LONGEST);
      } catch {
        pause = Math.min(pause * 2, LONGEST);
      }
    }
    setTimeout(ask, pause);
  };
  const say = (room) => {
    const link = document.createElement("a");
    link.href = room.dataset.progress;
    link.textContent = room.dataset.over;
    room.replaceChildren(link);
  };
  setTimeout(ask, EVERY);
})();
