/* Keys for those who work with them all day. Whatever a key does, a link or a button does as well. */
(() => {
  "use strict";

  const page = document.body;
  const palette = document.getElementById("palette");
  const shortcuts = document.getElementById("shortcuts");
  if (!palette || !palette.showModal) return;
  const box = document.getElementById("palette-words");
  const ways = palette.querySelector(".ways");
  const ask = (address) => fetch(address, { credentials: "same-origin", headers: { "X-Casework": "script" } });

  /* --- the palette --- */

  let asked = 0, later;
  const fill = async () => {
    const mine = ++asked;
    const query = new URLSearchParams({ q: box.value });
    if (palette.dataset.case) query.set("case", palette.dataset.case);
    let answer;
    try {
      answer = await ask(`${palette.dataset.go}?${query}`);
    } catch {
      return;
    }
    const signIn = answer.headers.get("X-Sign-In");
    if (signIn) location.assign(signIn);
    else if (answer.ok && mine === asked) ways.innerHTML = await answer.text();
  };
  const links = () => [...ways.querySelectorAll("a")];
  const open = () => {
    box.value = "";
    ways.replaceChildren();
    palette.showModal();
    box.focus();
    fill();
  };
  box.addEventListener("input", () => {
    clearTimeout(later);
    later = setTimeout(fill, 200);
  });
  palette.addEventListener("keydown", (event) => {
    const all = links(), at = all.indexOf(document.activeElement);
    if (event.key === "ArrowDown") (all[at + 1] || all[0])?.focus();
    else if (event.key === "ArrowUp") (at > 0 ? all[at - 1] : box).focus();
    else if (event.key === "Enter" && document.activeElement === box) {
      clearTimeout(later);
      fill().then(() => links()[0]?.click());
    } else if (event.key === "Escape") palette.close();
    else return;
    event.preventDefault();
  });
  /* A press beside it closes it, as the Escape key does by itself. */
  for (const dialog of [palette, shortcuts]) {
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
  }

  /* --- lists --- */

  const rows = () => [...document.querySelectorAll("main tbody tr, main .rows > li, main .offers > li")]
    .filter((row) => row.querySelector("a[href]") && row.offsetParent !== null);
  const current = () => document.activeElement?.closest("tbody tr, .rows > li, .offers > li");
  const step = (by) => {
    const all = rows(), at = all.indexOf(current());
    const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by];
    (next?.querySelector("a.stretch") || next?.querySelector("a[href]"))?.focus();
  };
  /* What a row offers beside opening it, by the key that does it. */
  const inRow = (key) => {
    const found = current()?.querySelector(`[data-key="${key}"]`);
    found?.click();
    return Boolean(found);
  };
  const press = (selector) => {
    const found = [...document.querySelectorAll(selector)].find((one) => one.offsetParent !== null);
    if (found) found.click();
    return Boolean(found);
  };

  /* Where a form begins: what is chosen already in a group, else its first control. */
  const firstField = () => {
    const first = [...document.querySelectorAll("main form.asks :is(input:not([type=hidden]), textarea, select, button, summary)")]
      .find((one) => one.offsetParent !== null && one.tabIndex >= 0);
    return first?.type === "radio" && first.form.querySelector(`[name="${CSS.escape(first.name)}"]:checked`) || first;
  };

  const DO = {
    "/": () => document.getElementById("search")?.focus(),
    "?": async () => {
      const answer = await ask(shortcuts.dataset.keys);
      if (!answer.ok) return;
      shortcuts.querySelector(".list").innerHTML = await answer.text();
      shortcuts.showModal();
    },
    n: () => document.querySelector("form.take button")?.click(),
    j: () => step(1),
    k: () => step(-1),
    o: () => (current()?.querySelector("a.stretch") || current()?.querySelector("a[href]"))?.click(),
    x: () => current()?.querySelector("input[type=checkbox]")?.click(),
    s: () => inRow("s"),
    r: () => inRow("r"),
    c: () => press('main [data-key="c"]'),
    p: () => press('main [data-key="p"]'),
    f: () => press('main [data-key="f"]'),
    a: () => inRow("a") || (document.querySelector(".next a.btn, .next button") || firstField() || document.querySelector("main a.btn-primary"))?.focus(),
    ".": () => {
      const menu = document.querySelector("main details.menu");
      if (!menu) return;
      menu.open = true;
      menu.querySelector("summary").focus();
    },
  };
  const GO = { w: "w", q: "q", c: "c" };

  /* Whoever opens a menu with a form in it goes on to write: its field takes the focus, and no letter typed there is a key. */
  document.addEventListener("toggle", (event) => {
    const menu = event.target;
    if (!menu.open || !menu.matches("details.menu") || !menu.contains(document.activeElement)) return;
    menu.querySelector("form input:is([type=text], :not([type]))")?.focus();
  }, true);
  const inMenu = (target) => target.closest("details.menu[open]")?.querySelector("form");

  const writes = (target) => target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  let went = 0;
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (!palette.open) open();
      return;
    }
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      const form = event.target.closest("form");
      /* Of several answers somebody chooses one: a key that sends must not choose. */
      if (form?.querySelectorAll("button[name=answer]").length > 1) return;
      const button = form?.querySelector(".form-actions button, button.btn-primary");
      if (!button) return;
      event.preventDefault();
      form.requestSubmit(button);
      return;
    }
    if (!plain || page.dataset.keys !== "on" || writes(event.target) || inMenu(event.target) || document.querySelector("dialog[open]")) return;
    const waited = Date.now() - went < 1500;
    went = 0;
    if (waited && GO[event.key]) {
      if (press(`.rail a[data-go="${GO[event.key]}"], .tabbar a[data-go="${GO[event.key]}"]`)) event.preventDefault();
    } else if (event.key === "g") {
      went = Date.now();
    } else if (DO[event.key]) {
      event.preventDefault();
      DO[event.key]();
    }
  });
})();
