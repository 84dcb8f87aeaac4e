// Step 3 of a report: questions that depend on others, the emergency warning, the photo, and a draft that survives.

const LONGEST_SIDE_PX = 2048; // as the server keeps it: a phone need not send more
const KEPT_OUT = new Set(["csrfmiddlewaretoken", "client_request_id", "photo", "lon", "lat", "service_code"]);
const form = document.querySelector("[data-details]");
const key = `draft:${form.elements.service_code.value}`;

/** The values given under a name, whatever kind of field it is. */
function given(name) {
  return new FormData(form).getAll(name).map(String);
}

function askOnlyWhatApplies() {
  for (const question of form.querySelectorAll("[data-depends-on]")) {
    question.hidden = !given(question.dataset.dependsOn).includes(question.dataset.dependsKey);
  }
}

function warnOfEmergency() {
  const alarming = [...form.querySelectorAll("[data-emergency]")].find((question) => {
    const keys = question.dataset.emergency.split(" ");
    return (
      !question.hidden &&
      [...question.querySelectorAll("input:checked, option:checked")].some((answer) => keys.includes(answer.value))
    );
  });
  const notice = form.querySelector("[data-emergency-notice]");
  notice.hidden = !alarming;
  alarming?.after(notice);
}

function saveDraft() {
  const values = [...new FormData(form)].filter(
    ([name, value]) => !KEPT_OUT.has(name) && typeof value === "string" && value,
  );
  sessionStorage.setItem(key, JSON.stringify(values));
}

/** Put back what was typed; what the server sent back after an error wins. */
function restoreDraft() {
  const values = JSON.parse(sessionStorage.getItem(key) ?? "[]");
  if (document.querySelector("[data-error-summary]") || values.length === 0) {
    return;
  }
  let restored = false;
  for (const [name, value] of values) {
    for (const field of [form.elements[name] ?? []]
      .flat()
      .flatMap((each) => (each instanceof RadioNodeList ? [...each] : [each]))) {
      restored = putBack(field, value) || restored;
    }
  }
  if (restored) {
    const note = form.querySelector("[data-draft-note]");
    note.textContent = note.dataset.text;
  }
}

function putBack(field, value) {
  if (field.type === "radio" || field.type === "checkbox") {
    const changes = field.value === value && !field.checked;
    field.checked ||= field.value === value;
    return changes;
  }
  const changes = !field.value;
  field.value ||= value;
  return changes;
}

const photo = form.elements.photo;
const preview = form.querySelector("[data-preview]");
const photoNote = form.querySelector("[data-photo-note]");
const remove = form.querySelector("[data-photo-remove]");

function forgetPhoto() {
  URL.revokeObjectURL(preview.src);
  preview.hidden = true;
  preview.removeAttribute("src");
  remove.hidden = true;
  photoNote.textContent = "";
}

async function showPhoto() {
  forgetPhoto();
  const [file] = photo.files;
  if (!file) {
    return;
  }
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const smaller = await shrink(bitmap, file);
    preview.src = URL.createObjectURL(smaller);
    preview.hidden = false;
    remove.hidden = false;
  } catch {
    photoNote.textContent = photoNote.dataset.failed;
  }
}

/** Send a smaller picture over a slow line; the field then holds it. The server encodes it anew in any case. */
async function shrink(bitmap, file) {
  const scale = LONGEST_SIDE_PX / Math.max(bitmap.width, bitmap.height);
  if (scale >= 1 && file.size < 1_500_000) {
    return file;
  }
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * Math.min(1, scale));
  canvas.height = Math.round(bitmap.height * Math.min(1, scale));
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((resolve) => {
    canvas.toBlob(resolve, "image/jpeg", 0.85);
  });
  const smaller = new File([blob], "photo.jpg", { type: "image/jpeg" });
  const holder = new DataTransfer();
  holder.items.add(smaller);
  photo.files = holder.files;
  return smaller;
}

photo.addEventListener("change", showPhoto);
remove.addEventListener("click", () => {
  photo.value = "";
  forgetPhoto();
  photo.focus();
});
form.addEventListener("input", () => {
  askOnlyWhatApplies();
  warnOfEmergency();
  saveDraft();
});
restoreDraft();
askOnlyWhatApplies();
warnOfEmergency();
