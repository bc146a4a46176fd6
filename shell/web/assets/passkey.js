// Asks the browser for a passkey (W3C Web Authentication) and sends its answer with the form.
// Everything else on the desk works without this script.
(() => {
  "use strict";

  const bytes = (text) => {
    const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
  };

  const text = (buffer) => {
    const signs = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte));
    return btoa(signs.join("")).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  };

  const named = (list) => (list || []).map((item) => ({ ...item, id: bytes(item.id) }));

  const create = async (options) => {
    options.challenge = bytes(options.challenge);
    options.user.id = bytes(options.user.id);
    options.excludeCredentials = named(options.excludeCredentials);
    const made = await navigator.credentials.create({ publicKey: options });
    return answer(made, {
      attestationObject: text(made.response.attestationObject),
      transports: made.response.getTransports ? made.response.getTransports() : [],
    });
  };

  const get = async (options) => {
    options.challenge = bytes(options.challenge);
    options.allowCredentials = named(options.allowCredentials);
    const shown = await navigator.credentials.get({ publicKey: options });
    const owner = shown.response.userHandle;
    return answer(shown, {
      authenticatorData: text(shown.response.authenticatorData),
      signature: text(shown.response.signature),
      userHandle: owner && owner.byteLength ? text(owner) : null,
    });
  };

  const answer = (credential, response) => JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response: { clientDataJSON: text(credential.response.clientDataJSON), ...response },
  });

  const reasons = {
    NotAllowedError: "Nothing was shown: it was called off, or took too long. Try again.",
    InvalidStateError: "This passkey is already yours here. Choose another device.",
    SecurityError: "The browser allows no passkeys at this address: open the desk by its main name over https.",
    NotSupportedError: "This device offers no passkey of a kind that the desk takes.",
  };

  for (const place of document.querySelectorAll("[data-passkey]")) {
    const form = place.querySelector("form");
    const news = place.querySelector("[data-passkey-news]");
    if (!window.PublicKeyCredential) {
      news.textContent = "This browser knows no passkeys, or not at this address.";
      continue;
    }
    let busy = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (busy) return;
      busy = true;
      news.textContent = "Follow what the browser or the device asks.";
      try {
        const ask = place.dataset.passkey === "create" ? create : get;
        form.elements.credential.value = await ask(JSON.parse(place.dataset.challenge));
        form.submit();
      } catch (error) {
        news.textContent = reasons[error.name] || "The browser could not do it: " + error.name + ".";
        busy = false;
      }
    });
  }
})();
