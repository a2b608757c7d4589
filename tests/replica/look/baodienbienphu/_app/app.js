import { showList, showMenu } from "./list.js";

const list = document.getElementById("list");
if (list) {
  await showMenu(document.getElementById("menu"));
  await showList(list, document.getElementById("more"));
}

const article = document.querySelector("article[data-id]");
if (article) {
  const answer = await fetch(`/ajax/comments?id=${article.dataset.id}&_=${Date.now()}`);
  for (const { name, text } of await answer.json()) {
    const row = document.createElement("li");
    row.textContent = `${name}: ${text}`;
    document.querySelector(".comments ul").append(row);
  }
}
