/* fram-panel: the connectivity of this computer, live. */
#include "shell/panel-application.h"

int
main (int argc, char **argv)
{
  g_autoptr (PanelApplication) application = panel_application_new ();

  g_set_application_name ("Fram Panel");
  return g_application_run (G_APPLICATION (application), argc, argv);
}
