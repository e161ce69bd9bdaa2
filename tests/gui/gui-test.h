/* What every test of the panel needs: a world, the panel's window on it, waiting for what is
 * to be seen, and finding it by what assistive tools are told. */
#pragma once

#include <adwaita.h>

#include "mock-world.h"
#include "shell/panel-window.h"
#include "widgets/panel-table.h"

typedef struct
{
  MockWorld *mock;
  PanelWorld *world;
  PanelWindow *window;
} Gui;

/* Must be first.  Return: what g_test_run() does. */
int gui_test_main (int argc, char **argv, void (*add_tests) (void));

/* A window of that size, on the screen, whose sessions are loaded. */
Gui *gui_new (int width, int height);
void gui_free (Gui *self);

/* A window on that world, which is taken over; it may still be loading. */
Gui *gui_new_in (MockWorld *mock, int width, int height);

/* The same without a service: what stands there then is shown. */
Gui *gui_new_without_service (void);

/* Goes on until the condition holds; what never holds fails the test after a minute. */
#define until(condition)                                                                 \
  G_STMT_START                                                                           \
  {                                                                                      \
    guint watchdog_ = gui_watch (G_STRLOC, #condition);                                  \
    while (!(condition))                                                                 \
      g_main_context_iteration (NULL, TRUE);                                             \
    g_source_remove (watchdog_);                                                         \
  }                                                                                      \
  G_STMT_END

guint gui_watch (const char *place, const char *condition);

/* The widget of that type with that accessible name; of several, the first one that is shown.
 * Return: (nullable). */
GtkWidget *gui_find (GtkWidget *within, GType type, const char *name);

/* The same; it must be there. */
GtkWidget *gui_get (GtkWidget *within, GType type, const char *name);

/* The first widget of that type that is shown.  Return: (nullable). */
GtkWidget *gui_find_type (GtkWidget *within, GType type);

/* The window of that type that is on the screen, or NULL. */
GtkWidget *gui_dialog (GType type);

/* The table of that title. */
PanelTable *gui_table (GtkWidget *within, const char *title);

/* What the table shows in that row and column, and that row. */
char *gui_cell (PanelTable *table, guint row, const char *column);
FramRow *gui_row (PanelTable *table, guint row);
guint gui_n_rows (PanelTable *table);
/* That text must be there. */
void gui_check_cell (PanelTable *table, guint row, const char *column,
                     const char *expected);

/* Whether the label with that text is on the screen. */
gboolean gui_says (GtkWidget *within, const char *text);

/* Presses a key, as a person does. */
void gui_press (GtkWindow *window, guint keyval, GdkModifierType modifiers);

/* Lets everything that is under way come to the screen. */
void gui_settle (Gui *self);
