// Puts the text of an article into its place, as the papers on DHCN do; the cipher is the replica's own.
for (const place of document.querySelectorAll("#dcontent[data-c]")) {
    const bytes = Uint8Array.from(atob(place.dataset.c), letter => letter.charCodeAt(0));
    place.innerHTML = [...new TextDecoder().decode(bytes)].reverse().join("");
}
