/* Passkeys: asks the device for one, and sends its answer with the form that asked. */
(() => {
  "use strict";
  if (!window.PublicKeyCredential || !navigator.credentials) return;

  const decode = (words) => Uint8Array.from(atob(words.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const encode = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (several) => (several || []).map((one) => ({ ...one, id: decode(one.id) }));

  const ask = async (form, field) => {
    const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
    const answer = await fetch(form.dataset.options, { method: "POST", body, credentials: "same-origin" });
    if (!answer.ok || answer.redirected) throw new Error("no options");
    const options = await answer.json();
    options.challenge = decode(options.challenge);
    let made;
    if (form.dataset.passkey === "create") {
      options.user.id = decode(options.user.id);
      options.excludeCredentials = known(options.excludeCredentials);
      made = await navigator.credentials.create({ publicKey: options });
    } else {
      options.allowCredentials = known(options.allowCredentials);
      made = await navigator.credentials.get({ publicKey: options });
    }
    const response = {};
    for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (made.response[part]) response[part] = encode(made.response[part]);
    }
    field.value = JSON.stringify({ id: made.id, rawId: encode(made.rawId), type: made.type, response, clientExtensionResults: {} });
  };

  const tell = (form, error) => {
    const said = form.querySelector("[data-told]");
    const there = error && error.name === "InvalidStateError" && said.dataset.there;
    said.textContent = there || said.dataset.told;
    said.hidden = false;
  };

  document.addEventListener("DOMContentLoaded", () => {
    for (const form of document.querySelectorAll("form[data-passkey]")) {
      const field = form.querySelector("[data-credential]");
      form.hidden = false;
      form.addEventListener("submit", async (event) => {
        if (field.value) return;
        event.preventDefault();
        if (form.dataset.asking) return;
        form.dataset.asking = "yes";
        try {
          await ask(form, field);
          form.requestSubmit();
        } catch (error) {
          tell(form, error);
        } finally {
          delete form.dataset.asking;
        }
      });
    }
  });
})();
