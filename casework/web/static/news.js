/* Says what is new while a page stays open: asks now and then, and never moves what one looks at. */
(() => {
  "use strict";

  const line = document.querySelector("[data-news]");
  if (!line) return;
  const count = document.querySelector("[data-unread] .count");
  const every = Number(line.dataset.every), longest = every * 16;
  let known = line.dataset.known, pause = every, last = Date.now(), timer, asking = false, over = false;

  /* A link in the line: what happened, and where it leads. It goes when nobody is at it; the count stays. */
  let leaving;
  const clear = () => {
    if (line.matches(":hover, :focus-within")) leaving = setTimeout(clear, 1000);
    else line.replaceChildren();
  };
  const say = (all, stays) => {
    clearTimeout(leaving);
    if (!stays) leaving = setTimeout(clear, Number(line.dataset.stays) || 20000);
    line.replaceChildren(...all.map(({ words, url }) => {
      const link = document.createElement("a");
      link.href = url;
      link.textContent = words;
      return link;
    }));
  };
  const show = (told) => {
    known = told.known;
    if (count) {
      count.replaceChildren(told.unread, count.lastElementChild);
      count.classList.toggle("none", !told.unread);
    }
    if (told.news.length) say(told.news);
  };
  const end = (signIn) => {
    over = true;
    const back = location.pathname + location.search;
    say([{ words: line.dataset.over, url: `${signIn.split("?")[0]}?next=${encodeURIComponent(back)}` }], true);
  };
  const ask = async () => {
    timer = undefined;
    if (document.hidden || asking || over) return;
    asking = true;
    last = Date.now();
    try {
      const answer = await fetch(`${line.dataset.news}?known=${known}`, {
        credentials: "same-origin", cache: "no-store", headers: { "X-Casework": "script" },
      });
      const signIn = answer.headers.get("X-Sign-In");
      if (signIn || answer.status === 401) return end(signIn || "/sign-in");
      if (!answer.ok) throw new Error(answer.statusText);
      if (answer.status === 200) show(await answer.json());
      pause = every;
    } catch {
      pause = Math.min(pause * 2, longest);
    } finally {
      asking = false;
      if (!over && !timer) timer = setTimeout(ask, pause);
    }
  };
  /* Nobody is asked while nobody looks. */
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || asking || over) return;
    clearTimeout(timer);
    timer = setTimeout(ask, Math.max(0, last + pause - Date.now()));
  });
  timer = setTimeout(ask, pause);
})();
