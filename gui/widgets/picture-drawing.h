/* How a scene is drawn: where its places are, and how each kind of line looks. */
#pragma once

#include <gtk/gtk.h>

#include "model/scene.h"

/* The size that a scene needs for a width that is given, or -1: the one it likes best. */
int picture_drawing_width (const Scene *scene);
int picture_drawing_height (const Scene *scene, int width);

/* `seen`: of the widget, in its coordinates: nothing is drawn elsewhere.  `phase`: how far the lines
 * that move have come, in pixels. */
void picture_drawing_draw (const Scene *scene, GtkWidget *widget, GtkSnapshot *snapshot,
                           const graphene_rect_t *seen, double phase);
