/* What is done by keys alone. */
#pragma once

#include "gui-test.h"

/* Everything that Tab and the arrows lead to.  Return: (transfer container): a set. */
GHashTable *gui_go_round (GtkWidget *window);
/* Whether the control, or a part of it, is among what they lead to. */
gboolean gui_is_reached (GtkWidget *control, GHashTable *seen);

/* Goes to it, as Tab and the arrows do, and presses a key there. */
void gui_press_on (GtkWidget *window, GtkWidget *control, guint key);
/* Types a text of small letters, digits, dots and colons, where the focus is. */
void gui_type (GtkWidget *window, const char *text);

/* Opens the menu of the button with that name. */
void gui_open_menu (GtkWidget *window, const char *button);
/* In the menu that is open: down to the item, and that is taken.  Return: the item. */
GtkWidget *gui_choose (GtkWidget *window, const char *item);
void gui_open_submenu (GtkWidget *window, const char *item);

/* Whether that is a part of the text that was copied. */
gboolean gui_clipboard_has (GtkWidget *window, const char *part);

/* Goes to the session “Call with Anna”.  Return: (transfer none): its page. */
GtkWidget *gui_open_call (Gui *gui);
/* Goes to one of the views of the session by its button. */
void gui_show_view (Gui *gui, const char *title);
