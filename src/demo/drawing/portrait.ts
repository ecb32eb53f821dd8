import type { Person } from '../person';
import { type Photograph, photographSize } from '../photograph';
import { drawBackground, drawBody } from './background';
import { drawEyes } from './eyes';
import { drawBeard, drawGlasses, drawSpots } from './extras';
import { drawBackHair, drawFrontHair } from './hair';
import { Head } from './head';
import { drawMouth, drawNose } from './noseAndMouth';
import { type Sketch, skinTones } from './sketch';
import { drawFace } from './skin';
import { Drawing } from './svg';

/** The photograph as an SVG document of `photographSize`² pixels, painted from the back to the front. */
export function drawPortrait(person: Person, photograph: Photograph): string {
  const drawing = new Drawing(photographSize, photographSize);
  const head = new Head(person.face, photograph.pose);
  const sketch: Sketch = {
    drawing,
    head,
    person,
    photograph,
    tones: skinTones(person.skin),
    unit: photograph.pose.scale,
  };
  drawBackground(sketch);
  drawBackHair(sketch);
  drawBody(sketch);
  drawFace(sketch);
  drawSpots(sketch);
  drawMouth(sketch);
  drawBeard(sketch);
  drawNose(sketch);
  drawEyes(sketch);
  drawFrontHair(sketch);
  drawGlasses(sketch);
  return drawing.toString();
}
