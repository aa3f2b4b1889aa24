/* Completes a name after "@" from those whom the page offers to tell, and ticks that person's box; without it one ticks by hand. */
(() => {
  "use strict";

  const MOST = 8;
  const people = document.querySelector("[data-people]");
  const form = people?.closest("form");
  const box = form?.querySelector("textarea");
  if (!box) return;

  const known = [...people.children].map((one) => ({
    id: one.dataset.id, name: one.textContent, names: [one.textContent, one.dataset.also || ""],
  }));
  const holder = document.createElement("div");
  const list = document.createElement("ul");
  const status = document.createElement("p");
  holder.className = "completes";
  list.id = "mention-list";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", people.dataset.people);
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  holder.append(list, status);
  box.after(holder);
  for (const [name, value] of [["autocomplete", "list"], ["haspopup", "listbox"], ["controls", list.id]])
    box.setAttribute(`aria-${name}`, value);

  let shown = [], at = 0, offered = "", composing = false;
  const plain = (words) => words.normalize("NFKC").toLowerCase();
  /* What stands between the last "@" and the caret; an address of mail has a letter before it. */
  const begun = () => box.selectionStart === box.selectionEnd
    && /(?:^|[^\w.@＠])[@＠]([^\s@＠]{0,30})$/.exec(box.value.slice(0, box.selectionStart));
  const fits = (person, part) => person.names.some((given) => {
    const name = plain(given);
    return name && (name.startsWith(part) || name.replaceAll(" ", "").startsWith(part)
      || name.split(" ").some((word) => word.startsWith(part)) || !/^[\x00-\x7f]*$/.test(part) && name.includes(part));
  });

  const close = () => {
    shown = [];
    list.hidden = true;
    list.replaceChildren();
    status.textContent = "";
    box.removeAttribute("aria-activedescendant");
  };
  const mark = (to) => {
    at = (to + shown.length) % shown.length;
    [...list.children].forEach((one, n) => one.setAttribute("aria-selected", String(n === at)));
    box.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  };
  const choose = (person) => {
    const match = begun();
    if (!match) return close();
    const part = match[1], caret = box.selectionStart;
    /* What stands of the same name behind the caret, which was put into its midst. */
    const rest = /^[^\s@＠]{0,30}/.exec(box.value.slice(caret))[0];
    const whole = person.names.some((name) => plain(name).startsWith(plain(part + rest)));
    const behind = /^ ?/.exec(box.value.slice(caret + (whole ? rest.length : 0)))[0];
    box.setRangeText(`${person.name} `, caret - part.length, caret + (whole ? rest.length + behind.length : 0), "end");
    const tick = form.querySelector(`input[name="f-tell"][value="${CSS.escape(person.id)}"]`);
    if (tick) tick.checked = true;
    close();
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };
  /* Where the caret stands, and behind what. */
  const stand = () => { const match = begun(); return match ? `${match.index} ${match[1]}` : ""; };
  const offer = () => {
    const match = begun();
    const part = match && plain(match[1]);
    offered = stand();
    const fitting = match ? known.filter((person) => fits(person, part)).slice(0, MOST) : [];
    if (!fitting.length) return close();
    shown = fitting;
    list.replaceChildren(...shown.map((person, n) => {
      const one = document.createElement("li");
      one.id = `mention-${n}`;
      one.setAttribute("role", "option");
      one.textContent = person.name;
      return one;
    }));
    list.hidden = false;
    mark(0);
    status.textContent = people.dataset.count.replace("{}", String(shown.length));
  };

  box.addEventListener("input", (event) => { if (!event.isComposing) offer(); });
  box.addEventListener("compositionstart", () => { composing = true; });
  box.addEventListener("compositionend", () => { composing = false; offer(); });
  /* The arrows, Home, End or a press have moved the caret: the names are those of where it stands now, or none. */
  document.addEventListener("selectionchange", () => {
    if (shown.length && !composing && stand() !== offered) offer();
  });
  box.addEventListener("click", offer);
  box.addEventListener("blur", close);
  box.addEventListener("keydown", (event) => {
    if (!shown.length || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowDown") mark(at + 1);
    else if (event.key === "ArrowUp") mark(at - 1);
    else if (event.key === "Enter") choose(shown[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  /* A press on a name leaves the caret where it is. */
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const one = event.target.closest("li");
    if (one) choose(shown[[...list.children].indexOf(one)]);
  });
})();
