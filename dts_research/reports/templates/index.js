(() => {
  const box = document.getElementById("chercher");
  const field = document.getElementById("mots");
  const said = document.getElementById("trouves");
  const items = [...document.querySelectorAll("[data-k]")];
  const groups = [...document.querySelectorAll("[data-groupe]")];
  const plain = (text) => text.toLowerCase().replace(/œ/g, "oe").normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "").replace(/[^a-z0-9]+/g, " ").trim();
  const letters = document.querySelector(".letters");
  let wait = 0;
  const filter = () => {
    const asked = plain(field.value).split(" ").filter(Boolean);
    const kept = items.filter((item) => {
      const own = " " + item.dataset.k;
      item.hidden = !asked.every((word) => own.includes(" " + word));
      return !item.hidden;
    });
    for (const group of groups) {
      group.hidden = !group.querySelector("[data-k]:not([hidden])");
    }
    letters.hidden = asked.length > 0;
    clearTimeout(wait);
    wait = setTimeout(() => {
      const many = kept.length > 1 ? "s" : "";
      said.textContent = !asked.length ? "" : kept.length
        ? `${kept.length} territoire${many} trouvé${many}.`
        : "Aucun territoire de cette page ne porte ce nom ou ce code.";
    }, 250);
  };
  field.addEventListener("input", filter);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { field.value = ""; filter(); }
  });
  document.getElementById("sans-script").hidden = true;
  box.hidden = false;
  filter();
})();
