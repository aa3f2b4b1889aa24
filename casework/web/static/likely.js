/* Tells, while a need or a technology is typed, what may be on record already; without a script it is asked when the form is sent. */
(() => {
  "use strict";

  const room = document.querySelector("[data-likely]");
  const form = document.querySelector("main form[data-draft]");
  const title = form?.querySelector('[name="f-title"]');
  if (!room || !title) return;
  title.closest(".field").after(room);

  // Of each text no more than the server compares: an address of three Chinese ones is short enough for it.
  const TEXTS = ["title", "problem", "target", "description"];
  let later, asked = "";
  const look = async () => {
    const typed = new URLSearchParams();
    for (const name of TEXTS) {
      const value = form.querySelector(`[name="f-${name}"]`)?.value.trim();
      if (value) typed.set(name, value.slice(0, 250));
    }
    const now = String(typed);
    if (now === asked) return;
    asked = now;
    try {
      const answer = await fetch(`${room.dataset.likely}?${now}`, { credentials: "same-origin", headers: { "X-Casework": "script" } });
      if (!answer.ok || now !== asked) return;
      const part = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".note");
      room.replaceChildren(...(part ? [document.importNode(part, true)] : []));
    } catch { /* It is asked again when the form is sent. */ }
  };
  form.addEventListener("input", (event) => {
    if (!TEXTS.some((name) => event.target.name === `f-${name}`)) return;
    clearTimeout(later);
    later = setTimeout(look, 600);
  });
  if (title.value) look();
})();
