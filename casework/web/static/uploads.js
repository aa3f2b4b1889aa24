/* Says of a file that is larger than may be that it is, before any of it is sent. */
document.addEventListener("submit", (event) => {
  "use strict";
  for (const input of event.target.querySelectorAll("input[type=file][data-most]")) {
    const large = [...input.files].some((file) => file.size > Number(input.dataset.most));
    let told = input.parentNode.querySelector("[data-too-large]");
    if (!large) { if (told) told.remove(); continue; }
    event.preventDefault();
    if (!told) {
      told = document.createElement("p");
      told.className = "fault";
      told.dataset.tooLarge = "";
      told.setAttribute("role", "alert");
      input.after(told);
    }
    told.textContent = input.dataset.large;
    input.focus();
  }
}, true);

/* A file that is dropped onto a field that takes one is chosen, as if it had been looked for. */
for (const field of document.querySelectorAll("[data-drop]")) {
  const input = field.querySelector("input[type=file]");
  const over = (event) => { event.preventDefault(); field.classList.add("over"); };
  const away = () => field.classList.remove("over");
  field.addEventListener("dragenter", over);
  field.addEventListener("dragover", over);
  field.addEventListener("dragleave", away);
  field.addEventListener("drop", (event) => {
    event.preventDefault();
    away();
    const chosen = new DataTransfer();
    for (const file of [...event.dataTransfer.files].slice(0, 1)) chosen.items.add(file);
    if (!chosen.files.length) return;
    input.files = chosen.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    input.focus();
  });
}

/* Sends each chosen file by itself and shows how far it is; without this the form sends them all at once. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-uploads]");
  const shown = document.querySelector("[data-progress]");
  if (!form || !shown) return;
  const words = shown.dataset;

  const line = (file) => {
    const row = document.createElement("div");
    const name = document.createElement("span");
    const bar = document.createElement("progress");
    const said = document.createElement("span");
    name.textContent = file.name;
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    said.textContent = words.waits;
    row.append(name, bar, said);
    shown.append(row);
    return { bar, said };
  };

  const send = (file, part, { bar, said }) => new Promise((done) => {
    const body = new FormData();
    // What is kept from before goes along once, with the first.
    const again = part > 0;
    for (const [name, value] of new FormData(form)) if (name !== "files" && !(again && name.startsWith("held-"))) body.append(name, value);
    body.append("part", String(part));
    body.append("files", file, file.name);
    const wrong = (why) => { said.textContent = why; said.className = "wrong"; done(false); };
    if (file.size > Number(words.most) * 1000000) { wrong(words.large); return; }
    said.textContent = words.sending;
    said.className = "";
    const asked = new XMLHttpRequest();
    asked.open("POST", form.action);
    asked.setRequestHeader("Accept", "application/json");
    asked.upload.addEventListener("progress", (step) => { if (step.lengthComputable) bar.value = step.loaded / step.total; });
    asked.addEventListener("error", () => wrong(words.failed));
    asked.addEventListener("load", () => {
      let told = null;
      try { told = JSON.parse(asked.responseText); } catch { wrong(words.failed); return; }
      if (told.refused && told.refused.length) { wrong(told.refused.map((one) => one.why).join(" ")); return; }
      if (asked.status !== 200) { wrong(words.failed); return; }
      bar.value = 1;
      said.textContent = words.taken;
      done(true);
    });
    asked.send(body);
  });

  form.addEventListener("submit", async (event) => {
    const chosen = [...form.querySelector('input[type="file"]').files];
    // One file keeps its title, and nothing to wait for; the plain form does it.
    if (chosen.length < 2) return;
    event.preventDefault();
    const button = form.querySelector("button.btn");
    button.disabled = true;
    shown.hidden = false;
    shown.replaceChildren();
    const lines = chosen.map(line);
    let whole = true;
    for (const [part, file] of chosen.entries()) whole = (await send(file, part, lines[part])) && whole;
    button.disabled = false;
    if (whole) window.location.assign(words.done);
  });
})();
