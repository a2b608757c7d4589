// robots.txt forbids the first address: who obeys it gets no comments, and the page stays whole.
export async function show(section) {
  const number = location.pathname.slice(-14, -5);
  for (const address of ["/api/comments", "/ajax/comments"]) {
    try {
      const answer = await fetch(`${address}?id=${encodeURIComponent(number)}&_=${Date.now()}`);
      if (!answer.ok) continue;
      const list = document.createElement("ul");
      for (const { name, text } of await answer.json()) {
        const row = document.createElement("li");
        row.textContent = `${name}: ${text}`;
        list.append(row);
      }
      section.append(list);
      return;
    } catch (error) {
      console.info("comments:", error.message);
    }
  }
}
