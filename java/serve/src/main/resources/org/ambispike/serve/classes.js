// An answer that is a class: its probabilities over time.

function otherClasses() {
  const others = page.model.classes.length - page.leading.length;
  if (others < 1) return [];
  const entry = element("li", "");
  entry.append(element("i", "", "swatch thin"), element("span", others + (others === 1 ? " other class" : " other classes")));
  return [entry];
}

/** See VIEWS. */
const classView = {
  part: "classes-part",
  path: "/v1/classify",
  show(answer) {
    page.leading = leadingClasses(answer.trace.probabilities);
    byId("settling-legend").replaceChildren(...page.leading.map((index, place) => leadingEntry(page.model.classes[index], place)), ...otherClasses());
  },
  verdict(answer) {
    const ann = answer.trace.ann;
    return {
      name: answer.className,
      reference: percent(Math.max(...answer.probabilities)) + " sure; the ANN says " +
        (ann.class === answer.class ? "the same" : ann.className) + ", " + percent(Math.max(...ann.probabilities)),
    };
  },
  /** Describes the likeliest class after t steps. */
  leader(t) {
    const probabilities = page.answer.trace.probabilities[t - 1];
    const best = indexOfLargest(probabilities);
    return page.model.classes[best] + ", " + percent(probabilities[best]);
  },
  draw(answer, t) {
    const probabilities = answer.trace.probabilities;
    byId("now").textContent = "After step " + t + ": " + classView.leader(t);
    drawSettling(byId("settling"), "Lines of class probabilities over time steps", probabilities, page.leading, t);
    page.leading.forEach((index, place) => {
      byId("settling-legend").children[place].lastChild.textContent = percent(probabilities[t - 1][index]);
    });
  },
};
