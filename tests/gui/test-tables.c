/* Order, search and selection of every kind of table stay put while its values change. */
#include "gui-keys.h"

#include "widgets/panel-cell.h"

#include <string.h>

typedef struct
{
  const char *page; /* or NULL: of the session, in `view` */
  const char *view;
  const char *title;
  const char *column; /* by which it is ordered; of a number */
  const char *needle; /* what is searched for */
  guint n_shown;      /* rows that have it */
} Case;

static const Case cases[] = {
  { "sessions", NULL, "Sessions", "rtt", "direct", 1 },
  { NULL, "Candidates", "Local candidates", "priority", "192.168.1.7", 2 },
  { NULL, "Candidates", "Remote candidates", "priority", "203.0.113", 1 },
  { NULL, "Pairs", "Pairs", "rtt", "203.0.113", 4 },
  { "network", NULL, "Servers", "rtt", "stun:", 3 },
  { "network", NULL, "Mappings", "next", "198.51.100", 1 },
  { "history", NULL, "Past sessions", "rtt", "Fractal", 1 },
};

static void
show (Gui *gui, const Case *shown)
{
  if (shown->page != NULL)
    {
      panel_window_show_page (gui->window, shown->page);
      return;
    }
  gui_open_call (gui);
  gui_show_view (gui, shown->view);
}

/* What changes of sessions and pairs, and is told; the other tables are told anew, too. */
static void
change (Gui *gui, guint step)
{
  MockSession *call = gui->mock->call;

  call->rtt = 20000 + step * 1000;
  for (guint i = 0; i < call->pairs->len; i++)
    mock_session_pair (call, i)->rtt = 30000 + (i * 7 + step * 5) % 11 * 1000;
  mock_service_changed (gui->mock->service);
}

static gboolean
is_ordered (PanelTable *table, const char *column)
{
  for (guint i = 1; i < gui_n_rows (table); i++)
    /* What is not known, -1, is more than all. */
    if ((guint64) fram_row_get_number (gui_row (table, i - 1), column)
        < (guint64) fram_row_get_number (gui_row (table, i), column))
      return FALSE;
  return TRUE;
}

static gboolean
has_needle (PanelTable *table, const char *needle)
{
  for (guint i = 0; i < gui_n_rows (table); i++)
    {
      g_autofree char *text = panel_table_row_text (table, gui_row (table, i));

      if (strstr (text, needle) == NULL)
        return FALSE;
    }
  return TRUE;
}

static void
stays (Gui *gui, PanelTable *table, const Case *of, guint n_rows, FramRow *selected)
{
  until (is_ordered (table, of->column));
  g_assert_cmpuint (gui_n_rows (table), ==, n_rows);
  g_assert_true (panel_table_get_selected (table) == selected);
}

static void
test_stay (gconstpointer data)
{
  const Case *of = data;
  Gui *gui = gui_new (1280, 1000);
  PanelTable *table;
  FramRow *selected;
  guint n_rows;

  show (gui, of);
  gui_settle (gui);
  table = gui_table (GTK_WIDGET (gui->window), of->title);
  until (gui_n_rows (table) > 0);
  n_rows = gui_n_rows (table);
  panel_table_sort (table, of->column, GTK_SORT_DESCENDING);
  panel_table_search (table, of->needle);
  g_assert_cmpuint (gui_n_rows (table), ==, of->n_shown);
  g_assert_true (has_needle (table, of->needle));
  selected = gui_row (table, 0);
  panel_table_select (table, selected);
  for (guint step = 1; step <= 3; step++)
    {
      change (gui, step);
      gui_settle (gui);
      stays (gui, table, of, of->n_shown, selected);
      g_assert_true (has_needle (table, of->needle));
    }
  /* What was searched for is not any more; the order is as it was chosen. */
  panel_table_search (table, NULL);
  change (gui, 4);
  gui_settle (gui);
  stays (gui, table, of, n_rows, selected);
  gui_free (gui);
}

/* Return: (nullable): the widget of that type of which that is true, in the table. */
static GtkWidget *
find (GtkWidget *within, GType type, gboolean (*is) (GtkWidget *, const char *),
      const char *what)
{
  if (g_type_is_a (G_OBJECT_TYPE (within), type) && is (within, what))
    return within;
  for (GtkWidget *child = gtk_widget_get_first_child (within); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, type, is, what);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static gboolean
says (GtkWidget *label, const char *text)
{
  return strcmp (gtk_label_get_text (GTK_LABEL (label)), text) == 0;
}

static gboolean
is_of (GtkWidget *cell, const char *property)
{
  return strcmp (panel_cell_get_column (PANEL_CELL (cell))->property, property) == 0;
}

/* In pixels of the table. */
static float
end_of (GtkWidget *widget, PanelTable *table)
{
  graphene_rect_t bounds;

  g_assert_true (gtk_widget_compute_bounds (widget, GTK_WIDGET (table), &bounds));
  return bounds.origin.x + bounds.size.width;
}

/* A title stands over what it is the title of: over numbers, whose last digits stand under each
 * other, at the end. */
static void
test_titles (void)
{
  Gui *gui = gui_new (1280, 1000);
  PanelTable *table;
  GtkWidget *titles, *title;

  gui_open_call (gui);
  gui_show_view (gui, "Pairs");
  table = gui_table (GTK_WIDGET (gui->window), "Pairs");
  until (gui_n_rows (table) > 0);
  gui_settle (gui);
  titles = gtk_widget_get_first_child (
      gui_find_type (GTK_WIDGET (table), GTK_TYPE_COLUMN_VIEW));
  title = find (titles, GTK_TYPE_LABEL, says, "RTT");
  g_assert_cmpfloat_with_epsilon (
      end_of (title, table),
      end_of (find (GTK_WIDGET (table), PANEL_TYPE_CELL, is_of, "rtt"), table), 1);
  title = find (titles, GTK_TYPE_LABEL, says, "Nominated");
  g_assert_cmpfloat (
      end_of (title, table), <,
      end_of (find (GTK_WIDGET (table), PANEL_TYPE_CELL, is_of, "nominated"), table));
  gui_free (gui);
}

static void
add_tests (void)
{
  g_test_add_func ("/panel/tables/titles", test_titles);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/panel/tables/%s", cases[i].title);

      g_test_add_data_func (g_strdelimit (path, " ", '-'), &cases[i], test_stay);
    }
}

int
main (int argc, char **argv)
{
  return gui_test_main (argc, argv, add_tests);
}
