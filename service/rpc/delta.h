/* What a table's readers know of it already.
 *
 * A table is made anew whenever somebody pulls it.  Of each row there is kept what it was, as a
 * digest, and the generation in which it came to be so: thus any number of readers are told
 * what has changed since the generation that each of them names, and nobody's reading costs
 * more than the rows of the table. */
#pragma once

#include <gio/gio.h>

typedef struct _FramDelta FramDelta;

/* So many removed rows are remembered; who has missed more gets the whole table. */
#define FRAM_DELTA_MAX_REMOVED 256

FramDelta *fram_delta_new (void);
void fram_delta_free (FramDelta *delta);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FramDelta, fram_delta_free)

/* Whether a reader who has the generation `known` can be told what changed, rather than the
 * whole table. */
gboolean fram_delta_can_tell (const FramDelta *delta, guint64 known);

/* Begins an answer, of the new `generation`, to a reader who has `known`; 0: the whole
 * table. */
void fram_delta_begin (FramDelta *delta, guint64 known, guint64 generation);
/* Every row of the table passes here.  Return: whether it has to be made, since it may have
 * changed (`touched`), or since the reader does not have it as it is. */
gboolean fram_delta_needs (FramDelta *delta, guint64 id, gboolean touched);
/* The same for a row that is made from what has the digest `source`: it has to be made if that is
 * another one than the last time. */
gboolean fram_delta_needs_made_from (FramDelta *delta, guint64 id, guint64 source);
/* `sum`: of what stands before; 0: nothing.  Return: never 0 but by chance, which costs only
 * that a row is made. */
guint64 fram_delta_digest (guint64 sum, gconstpointer data, gsize size);
/* The row, if it had to be made: it goes into `rows` if the reader needs it.  `row`: (transfer
 * floating). */
void fram_delta_add (FramDelta *delta, guint64 id, GVariant *row, GVariantBuilder *rows);
/* Ends the answer.  Return: (transfer floating): `at`, the ids of rows that are gone. */
GVariant *fram_delta_end (FramDelta *delta);
