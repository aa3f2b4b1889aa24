/* Chooses all rows of a page, does something to several without leaving the list, and shows more of the row that one is at; each has
   a page that needs no script. */
(() => {
  "use strict";

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-all]");
    if (!link) return;
    event.preventDefault();
    const ticks = [...link.closest(".ticking").querySelectorAll(".tick input")];
    const every = ticks.every((tick) => tick.checked);
    for (const tick of ticks) tick.checked = !every;
  });

  /* More of the first row stands beside the list at once, of another as soon as one has been at it for a moment; that alone is read out. */
  let waits, shown;
  const look = (row, after = 250) => {
    const room = document.querySelector(".beside-list");
    if (!room || row === shown || getComputedStyle(room).display === "none") return;
    clearTimeout(waits);
    waits = setTimeout(async () => {
      room.setAttribute("aria-live", after ? "polite" : "off");
      try {
        const answer = await fetch(row.dataset.look, { credentials: "same-origin", headers: { "X-Casework": "script" } });
        if (!answer.ok || answer.status === 204) return;
        const part = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".preview-part");
        if (!part) return;
        shown?.classList.remove("looked-at");
        shown = row;
        row.classList.add("looked-at");
        room.replaceChildren(document.importNode(part, true));
      } catch { /* The row leads to all of it. */ }
    }, after);
  };
  document.addEventListener("DOMContentLoaded", () => {
    const first = document.querySelector("tr[data-look]");
    if (first) look(first, 0);
  });
  for (const kind of ["mouseover", "focusin"]) {
    document.addEventListener(kind, (event) => {
      const row = event.target.closest("tr[data-look]");
      if (row) look(row); else clearTimeout(waits);
    });
  }

  /* Shows below the list what the page of the form would show; where that fails, goes to the page itself. */
  const place = (list) => {
    let room = list.querySelector(".in-place");
    if (!room) {
      room = document.createElement("div");
      room.className = "in-place";
      room.tabIndex = -1;
      room.setAttribute("role", "group");
      list.append(room);
    }
    return room;
  };
  const send = async (form, button) => {
    const sent = new FormData(form, button);
    const words = new URLSearchParams([...sent].filter(([, value]) => typeof value === "string"));
    const posts = form.method === "post";
    const url = posts ? form.action : `${form.action.split("?")[0]}?${words}`;
    const answer = await fetch(url, {
      method: posts ? "POST" : "GET", body: posts ? words : undefined, credentials: "same-origin", headers: { "X-Casework": "script" },
    });
    const there = answer.headers.get("X-Sign-In");
    if (there) return location.assign(there);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const part = page.getElementById("bulk");
    if (!part) throw new Error("no such part");
    const room = place(form.closest(".ticking"));
    room.setAttribute("aria-label", page.querySelector("h1").textContent.trim());
    const head = document.createElement("h2");
    head.textContent = page.querySelector("h1").textContent.trim();
    room.replaceChildren(head, document.importNode(part, true));
    room.dispatchEvent(new Event("part", { bubbles: true }));
    room.focus({ preventScroll: true });
    room.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const inside = form.matches(".ticking .bulk, .ticking .in-place form");
    if (!inside || form.dataset.plain) return;
    event.preventDefault();
    send(form, event.submitter).catch(() => {
      form.dataset.plain = "yes";
      form.requestSubmit(event.submitter);
    });
  }, true);
})();
