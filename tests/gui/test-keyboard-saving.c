/* A session's packets are saved, by keys alone: in the dialog that GTK has for files. */
#include "gui-keys.h"

const char *__asan_default_options (void);

/* What libraries below that dialog never free is known by where they ask for it, and they keep
 * no frame pointers.
 */
const char *
__asan_default_options (void)
{
  return "fast_unwind_on_malloc=0:malloc_context_size=12";
}

/* It is asked where to. */
static void
test_packets (void)
{
  Gui *gui = gui_new (1280, 800);

  gui_open_call (gui);
  gui_open_menu (GTK_WIDGET (gui->window), "Copy a report, save packets");
  gui_choose (GTK_WIDGET (gui->window), "Save Packets …");
  until (gui_dialog (GTK_TYPE_FILE_CHOOSER_DIALOG) != NULL);
  gui_press (GTK_WINDOW (gui_dialog (GTK_TYPE_FILE_CHOOSER_DIALOG)), GDK_KEY_Escape, 0);
  until (gui_dialog (GTK_TYPE_FILE_CHOOSER_DIALOG) == NULL);
  gui_free (gui);
}

static void
add_tests (void)
{
  g_test_add_func ("/panel/keyboard-saving/packets", test_packets);
}

int
main (int argc, char **argv)
{
  return gui_test_main (argc, argv, add_tests);
}
