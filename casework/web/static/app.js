/* Makes the pages a little kinder; every page works without it. */
(() => {
  "use strict";

  /* Questions that are asked only after a certain answer: hidden, and not sent, until they are. */
  const answersTo = (form, field) => {
    const said = [];
    const name = `${field.dataset.within ?? ""}f-${field.dataset.when}`;
    for (const input of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (input.disabled) continue;
      if ((input.type === "radio" || input.type === "checkbox") && !input.checked) continue;
      said.push(input.value);
    }
    return said;
  };
  const showAsked = (form) => {
    for (const field of form.querySelectorAll("[data-when]")) {
      const wanted = JSON.parse(field.dataset.values);
      const asked = answersTo(form, field).some((value) => wanted.includes(value));
      field.hidden = !asked;
      for (const input of field.querySelectorAll("input, select, textarea")) input.disabled = !asked;
      const hint = field.querySelector(".only");
      if (hint) hint.hidden = true;
    }
    /* What is chosen as the one is not offered among the others. */
    for (const field of form.querySelectorAll("[data-besides]")) {
      const main = form.querySelector(`[name="${CSS.escape(field.dataset.besides)}"]:checked, select[name="${CSS.escape(field.dataset.besides)}"]`);
      const value = main && !main.disabled ? main.value : "";
      for (const box of field.querySelectorAll("input[type=checkbox]")) {
        const same = value !== "" && box.value === value;
        if (same) box.checked = false;
        box.closest(".form-check").hidden = same;
      }
    }
  };

  /* One more row of a list: a copy of the last, empty. */
  const addRow = (rows) => {
    const last = rows && rows.lastElementChild;
    if (!last) return;
    const row = last.cloneNode(true);
    const taken = [...rows.querySelectorAll("[name]")].map((part) => Number(/\.(\d+)\./.exec(part.name)?.[1] ?? -1));
    const next = Math.max(...taken) + 1;
    for (const fault of row.querySelectorAll(".fault")) fault.remove();
    for (const part of row.querySelectorAll("[id], [name], [for], [data-within]")) {
      for (const key of ["id", "name", "for", "data-within"]) {
        const value = part.getAttribute(key);
        if (value) part.setAttribute(key, value.replace(/\.\d+\./, `.${next}.`));
      }
      part.removeAttribute("aria-describedby");
      part.removeAttribute("aria-invalid");
      if (part.matches("select")) part.selectedIndex = 0;
      else if (part.matches("button")) part.value = part.value.replace(/\.\d+$/, `.${next}`);
      else if ("value" in part) part.value = "";
    }
    rows.append(row);
    nameRows(rows);
    showAsked(rows.closest("form"));
    row.querySelector("input, textarea, select").focus();
  };
  const takeRowOut = (button) => {
    const rows = document.getElementById(button.dataset.rowOut);
    if (rows.children.length === 1) addRow(rows);
    button.closest("[role=group]").remove();
    nameRows(rows);
    rows.parentElement.querySelector("button[data-rows]").focus();
    rows.dispatchEvent(new Event("input", { bubbles: true }));
  };
  /* Each row is called by its number. */
  const nameRows = (rows) => {
    [...rows.children].forEach((row, n) => {
      const said = row.getAttribute("aria-label")?.replace(/\d+/, n + 1);
      if (!said) return;
      row.setAttribute("aria-label", said);
      row.querySelector("button .visually-hidden").textContent = ` ${said}`;
    });
  };

  /* What was typed is kept on the server every few seconds, for a reload that nobody wanted. */
  const keepDraft = (form) => {
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
    fetch(form.dataset.draft || "/drafts", { method: "POST", body, credentials: "same-origin", headers: { "X-Casework": "script" }, keepalive: true })
      .then((answer) => saySaved(form, answer.status === 204 && !answer.headers.get("X-Sign-In")))
      .catch(() => saySaved(form, false));
  };
  /* The minute alone is told, so that whoever listens to the page does not hear it at every pause. */
  const saySaved = (form, saved) => {
    const line = form.querySelector("[data-saved]");
    if (!line) return;
    const now = new Date();
    const time = `${now.getHours()}:${String(now.getMinutes()).padStart(2, "0")}`;
    const words = saved ? line.dataset.saved.replace("{}", time) : line.dataset.notSaved;
    if (line.textContent !== words) line.textContent = words;
  };

  const prepare = (root) => {
    for (const form of root.querySelectorAll("form.asks, form[data-draft]")) {
      if (form.dataset.ready) continue;
      form.dataset.ready = "yes";
      showAsked(form);
      form.addEventListener("input", () => showAsked(form));
      if (!("draft" in form.dataset)) continue;
      let later;
      const keep = () => {
        later = clearTimeout(later);
        keepDraft(form);
      };
      form.addEventListener("input", () => {
        clearTimeout(later);
        later = setTimeout(keep, 2000);
      });
      form.addEventListener("submit", () => (later = clearTimeout(later)));
      /* Whoever leaves the page within these seconds finds it kept as well. */
      addEventListener("pagehide", () => later && keep());
    }
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-rows], button[data-row-out]");
    if (!button) return;
    event.preventDefault();
    if (button.dataset.rows) addRow(document.getElementById(button.dataset.rows));
    else takeRowOut(button);
  });
  /* A second click on a button whose action is under way does nothing. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || event.submitter?.dataset.look) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 5000);
  });
  /* What another script has put into the page. */
  document.addEventListener("part", (event) => prepare(event.target));
  document.addEventListener("DOMContentLoaded", () => {
    prepare(document);
    const faults = document.querySelector("[data-focus]");
    if (faults) faults.focus();
  });
})();
