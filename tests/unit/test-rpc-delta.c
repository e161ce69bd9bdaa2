/* What readers of a table are told: what they do not have yet, and no more. */
#include "rpc/delta.h"

typedef struct
{
  FramDelta *delta;
  guint64 generation;
  guint values[300]; /* of the rows 1 to 299; 0: there is none */
} Table;

typedef struct
{
  guint64 known;
  gboolean complete;
  guint n_rows, n_removed, n_made;
  guint64 row, removed; /* the last of each */
} Reader;

static void
pull (Table *table, Reader *reader)
{
  g_autoptr (GVariant) removed = NULL;
  g_autoptr (GVariant) told = NULL;
  GVariantBuilder rows;
  GVariantIter iter;

  reader->complete
      = reader->known == 0 || !fram_delta_can_tell (table->delta, reader->known);
  reader->n_made = 0;
  fram_delta_begin (table->delta, reader->complete ? 0 : reader->known,
                    ++table->generation);
  g_variant_builder_init (&rows, G_VARIANT_TYPE ("a(tu)"));
  for (guint64 i = 1; i < G_N_ELEMENTS (table->values); i++)
    if (table->values[i] != 0 && fram_delta_needs (table->delta, i, TRUE))
      {
        reader->n_made++;
        fram_delta_add (table->delta, i, g_variant_new ("(tu)", i, table->values[i]),
                        &rows);
      }
  removed = g_variant_ref_sink (fram_delta_end (table->delta));
  told = g_variant_ref_sink (g_variant_builder_end (&rows));
  reader->known = table->generation;
  reader->n_rows = g_variant_n_children (told);
  reader->n_removed = g_variant_n_children (removed);
  g_variant_iter_init (&iter, told);
  while (g_variant_iter_next (&iter, "(tu)", &reader->row, NULL))
    ;
  g_variant_iter_init (&iter, removed);
  while (g_variant_iter_next (&iter, "t", &reader->removed))
    ;
}

static void
assert_told (const Reader *reader, gboolean complete, guint n_rows, guint n_removed)
{
  g_assert_cmpint (reader->complete, ==, complete);
  g_assert_cmpuint (reader->n_rows, ==, n_rows);
  g_assert_cmpuint (reader->n_removed, ==, n_removed);
}

static void
test_changes (void)
{
  g_autoptr (FramDelta) delta = fram_delta_new ();
  Table table = { .delta = delta, .values = { 0, 1, 1, 1 } };
  Reader reader = { 0 };

  pull (&table, &reader);
  assert_told (&reader, TRUE, 3, 0);
  pull (&table, &reader);
  assert_told (&reader, FALSE, 0, 0);
  table.values[2] = 7;
  pull (&table, &reader);
  assert_told (&reader, FALSE, 1, 0);
  g_assert_cmpuint (reader.row, ==, 2);
  table.values[1] = 0;
  table.values[4] = 1;
  pull (&table, &reader);
  assert_told (&reader, FALSE, 1, 1);
  g_assert_cmpuint (reader.row, ==, 4);
  g_assert_cmpuint (reader.removed, ==, 1);
  pull (&table, &reader);
  assert_told (&reader, FALSE, 0, 0);
}

static void
test_readers (void)
{
  g_autoptr (FramDelta) delta = fram_delta_new ();
  Table table = { .delta = delta, .values = { 0, 1, 1 } };
  Reader fast = { 0 }, slow = { 0 }, late = { 0 };

  pull (&table, &fast);
  pull (&table, &slow);
  for (guint i = 0; i < 10; i++)
    {
      table.values[1]++;
      table.values[10 + i] = 1;
      if (i > 0)
        table.values[10 + i - 1] = 0;
      pull (&table, &fast);
      assert_told (&fast, FALSE, 2, i > 0 ? 1 : 0);
    }
  pull (&table, &slow);
  assert_told (&slow, FALSE, 2, 9);
  pull (&table, &late);
  assert_told (&late, TRUE, 3, 0);
  g_assert_cmpuint (late.n_removed, ==, 0);
}

/* A row that goes and comes again is told as both. */
static void
test_again (void)
{
  g_autoptr (FramDelta) delta = fram_delta_new ();
  Table table = { .delta = delta, .values = { 0, 5 } };
  Reader reader = { 0 };

  pull (&table, &reader);
  table.values[1] = 0;
  pull (&table, &reader);
  assert_told (&reader, FALSE, 0, 1);
  table.values[1] = 5;
  pull (&table, &reader);
  assert_told (&reader, FALSE, 1, 0);
}

static void
test_limit (void)
{
  g_autoptr (FramDelta) delta = fram_delta_new ();
  Table table = { .delta = delta };
  Reader reader = { 0 }, watcher = { 0 };

  for (guint i = 1; i <= FRAM_DELTA_MAX_REMOVED + 1; i++)
    table.values[i] = 1;
  pull (&table, &reader);
  pull (&table, &watcher);
  for (guint i = 1; i <= FRAM_DELTA_MAX_REMOVED; i++)
    table.values[i] = 0;
  pull (&table, &watcher);
  assert_told (&watcher, FALSE, 0, FRAM_DELTA_MAX_REMOVED);
  g_assert_true (fram_delta_can_tell (delta, reader.known));
  table.values[FRAM_DELTA_MAX_REMOVED + 1] = 0;
  pull (&table, &watcher);
  assert_told (&watcher, FALSE, 0, 1);
  g_assert_false (fram_delta_can_tell (delta, reader.known));
  pull (&table, &reader);
  assert_told (&reader, TRUE, 0, 0);
}

static void
test_foreign (void)
{
  g_autoptr (FramDelta) delta = fram_delta_new ();
  Table table = { .delta = delta, .generation = 100, .values = { 0, 1 } };
  Reader reader = { 0 };

  g_assert_false (fram_delta_can_tell (delta, 0));
  g_assert_false (fram_delta_can_tell (delta, 100));
  pull (&table, &reader);
  g_assert_true (fram_delta_can_tell (delta, 101));
  g_assert_false (fram_delta_can_tell (delta, 100));
  g_assert_false (fram_delta_can_tell (delta, 102));
  g_assert_false (fram_delta_can_tell (delta, G_MAXUINT64));
}

/* What nobody touched and everybody has need not be made. */
static void
test_untouched (void)
{
  g_autoptr (FramDelta) delta = fram_delta_new ();
  Table table = { .delta = delta, .values = { 0, 1 } };
  Reader reader = { 0 };

  pull (&table, &reader);
  g_assert_cmpuint (reader.n_made, ==, 1);
  fram_delta_begin (delta, reader.known, ++table.generation);
  g_assert_false (fram_delta_needs (delta, 1, FALSE));
  g_assert_true (fram_delta_needs (delta, 1, TRUE));
  g_assert_true (fram_delta_needs (delta, 2, FALSE));
  g_variant_unref (g_variant_ref_sink (fram_delta_end (delta)));
  fram_delta_begin (delta, 0, ++table.generation);
  g_assert_true (fram_delta_needs (delta, 1, FALSE));
  g_variant_unref (g_variant_ref_sink (fram_delta_end (delta)));
}

/* A row that is made from the same things is not made again, unless somebody does not have it. */
static void
test_made_from (void)
{
  g_autoptr (FramDelta) delta = fram_delta_new ();
  g_auto (GVariantBuilder) rows = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(tu)"));
  guint64 one = fram_delta_digest (0, "one", 3),
          other = fram_delta_digest (0, "other", 5);

  fram_delta_begin (delta, 0, 1);
  g_assert_true (fram_delta_needs_made_from (delta, 7, one));
  fram_delta_add (delta, 7, g_variant_new ("(tu)", (guint64) 7, 1), &rows);
  g_variant_unref (g_variant_ref_sink (fram_delta_end (delta)));

  fram_delta_begin (delta, 1, 2);
  g_assert_false (fram_delta_needs_made_from (delta, 7, one));
  g_variant_unref (g_variant_ref_sink (fram_delta_end (delta)));

  fram_delta_begin (delta, 1, 3);
  g_assert_true (fram_delta_needs_made_from (delta, 7, other));
  fram_delta_add (delta, 7, g_variant_new ("(tu)", (guint64) 7, 2), &rows);
  g_variant_unref (g_variant_ref_sink (fram_delta_end (delta)));

  /* Who has the first of them needs the second; who has none, too. */
  fram_delta_begin (delta, 2, 4);
  g_assert_true (fram_delta_needs_made_from (delta, 7, other));
  g_variant_unref (g_variant_ref_sink (fram_delta_end (delta)));
  fram_delta_begin (delta, 3, 5);
  g_assert_false (fram_delta_needs_made_from (delta, 7, other));
  g_variant_unref (g_variant_ref_sink (fram_delta_end (delta)));
  fram_delta_begin (delta, 0, 6);
  g_assert_true (fram_delta_needs_made_from (delta, 7, other));
  g_variant_unref (g_variant_ref_sink (fram_delta_end (delta)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rpc/delta/changes", test_changes);
  g_test_add_func ("/rpc/delta/readers", test_readers);
  g_test_add_func ("/rpc/delta/again", test_again);
  g_test_add_func ("/rpc/delta/limit", test_limit);
  g_test_add_func ("/rpc/delta/foreign", test_foreign);
  g_test_add_func ("/rpc/delta/untouched", test_untouched);
  g_test_add_func ("/rpc/delta/made-from", test_made_from);
  return g_test_run ();
}
