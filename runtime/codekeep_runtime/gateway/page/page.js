// Text of repositories and answers enters the page by textContent only.
"use strict";

const TOKEN = "codekeep-token";
const byId = (id) => document.getElementById(id);
let cited = new Map(); // number → citation
let asking = null; // AbortController of the current question

function takeTokenFromAddress() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!token) return;
  sessionStorage.setItem(TOKEN, token);
  history.replaceState(null, "", location.pathname); // neither in the history nor in a bookmark
}

function showSignIn() {
  const signedIn = sessionStorage.getItem(TOKEN) !== null;
  byId("sign-in").hidden = signedIn;
  byId("ask").hidden = !signedIn;
}

function say(text) {
  byId("status").textContent = text;
}

async function request(path, options = {}) {
  const authorization = `Bearer ${sessionStorage.getItem(TOKEN)}`;
  const response = await fetch(path, { ...options, headers: { ...options.headers, authorization } });
  if (response.status === 401) {
    sessionStorage.removeItem(TOKEN);
    showSignIn();
    throw new Error("Sign in again.");
  }
  if (!response.ok) throw new Error(response.status === 404 ? "This no longer exists." : `The request failed (${response.status}).`);
  return response;
}

async function ask(question) {
  asking?.abort();
  const mine = (asking = new AbortController());
  cited = new Map();
  byId("answer").textContent = "";
  byId("citations").replaceChildren();
  byId("sources").hidden = byId("lines").hidden = true;
  say("Searching…");
  try {
    const body = JSON.stringify({ stream: true, messages: [{ role: "user", content: question }] });
    const headers = { "content-type": "application/json" };
    const response = await request("/v1/chat/completions", { method: "POST", body, headers, signal: mine.signal });
    let isDone = false;
    for await (const data of events(response)) {
      if (data === "[DONE]") isDone = true;
      else show(JSON.parse(data));
    }
    say(isDone ? "" : "The answer ended early.");
  } catch (error) {
    if (asking === mine) say(error.message);
  }
}

async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (waiting + value).split("\n");
    waiting = lines.pop();
    for (const line of lines) if (line.startsWith("data: ")) yield line.slice(6);
  }
}

function show(event) {
  if (event.error) throw new Error(event.error.message);
  byId("answer").append(event.choices[0].delta.content ?? "");
  if (event.citations?.length) showCitations(event.citations);
}

function showCitations(citations) {
  cited = new Map(citations.map((citation) => [citation.number, citation]));
  const parts = byId("answer").textContent.split(/\[(\d+)\]/);
  byId("answer").replaceChildren(...parts.map((part, at) => (at % 2 ? mark(Number(part)) : part)));
  byId("citations").replaceChildren(...citations.map(item));
  byId("sources").hidden = false;
}

function mark(number) {
  return cited.has(number) ? opener(number, `[${number}]`) : `[${number}]`;
}

function item(citation) {
  const entry = document.createElement("li");
  entry.value = citation.number;
  const where = `${citation.repository} ${citation.path}:${citation.start_line}-${citation.end_line}`;
  entry.append(opener(citation.number, where));
  return entry;
}

function opener(number, text) {
  const link = document.createElement("a");
  link.href = `#source-${number}`;
  link.textContent = text;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    follow(cited.get(number));
  });
  return link;
}

async function follow(citation) {
  try {
    const chunk = await (await request(`/v1/chunks/${encodeURIComponent(citation.id)}`)).json();
    byId("lines-title").textContent = `${chunk.repository} ${chunk.path}`;
    byId("code").replaceChildren(...chunk.text.replace(/\n$/, "").split("\n").map((line, at) => numbered(line, chunk.start_line + at)));
    const hostLink = byId("host-link");
    hostLink.hidden = !citation.url.startsWith("https://");
    if (!hostLink.hidden) hostLink.href = citation.url;
    byId("lines").hidden = false;
    byId("lines").focus();
    say("");
  } catch (error) {
    byId("lines").hidden = true;
    say(error.message);
  }
}

function numbered(text, number) {
  const line = document.createElement("span");
  line.dataset.line = number;
  line.textContent = text;
  return line;
}

byId("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem(TOKEN, byId("token").value);
  byId("token").value = "";
  showSignIn();
  byId("question").focus();
});
byId("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  ask(byId("question").value);
});
byId("question").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) byId("ask").requestSubmit();
});
window.addEventListener("hashchange", () => { takeTokenFromAddress(); showSignIn(); });

takeTokenFromAddress();
showSignIn();
