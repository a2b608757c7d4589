const API = "https://api-dienbien.baodienbienphu.vn/api/web/";

async function ask(name, query = "") {
  const answer = await (await fetch(`${API}${name}${query}`)).json();
  return answer.status === 1 ? answer.data.list : [];
}

export async function showMenu(menu) {
  for (const { menu_slug, menu_name } of await ask("menu-get-list")) {
    const item = document.createElement("li");
    item.innerHTML = "<a></a>";
    item.firstChild.href = `/tin-tuc/${menu_slug}`;
    item.firstChild.textContent = menu_name;
    menu.append(item);
  }
}

export async function showList(list, button) {
  const step = Number(list.dataset.limit);
  let limit = step;
  const show = async () => {
    const rows = await ask("article-get-news-by-category-slug", `?category_slug=${list.dataset.category}&limit=${limit}`);
    for (const row of rows.slice(list.children.length)) {
      const item = document.createElement("li");
      item.innerHTML = '<a><img width="240" height="160" alt=""></a><h3><a></a></h3><p></p>';
      item.querySelectorAll("a").forEach(link => {
        link.href = `/${row.article_type_slug}/${row.category_slug}/${row.article_slug}`;
      });
      item.querySelector("img").src = row.article_avatar;
      item.querySelector("h3 a").textContent = row.article_title;
      item.querySelector("p").textContent = row.article_description;
      list.append(item);
    }
    button.hidden = rows.length < limit;
    limit += step;
  };
  button.addEventListener("click", show);
  await show();
}
