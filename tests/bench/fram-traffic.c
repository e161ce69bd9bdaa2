/* fram-traffic: the load over two sessions of framd, by plain send and recv on the sockets
 * that OpenComponent hands out.
 *
 * With one service, both sessions are framd's on the session bus.  With a second one, at
 * another bus, the second session is its, and each is held to its side's processor. */
#include "figures.h"
#include "fram-couple.h"
#include "socket-path.h"

#include <unistd.h>

static void
open_end (TrafficEnd *end, FramComponent *component)
{
  socket_path_init (end, dup (fram_component_get_fd (component)));
}

static FramComponent *
open_component (FramSession *session)
{
  g_autoptr (GError) error = NULL;
  FramComponent *component
      = fram_session_open_component_sync (session, 0, 1, NULL, &error);

  if (component == NULL)
    g_error ("%s", error->message);
  return component;
}

int
main (int argc, char **argv)
{
  TrafficEnd sender, receiver;
  pid_t services[] = { 0, 0, 0 };
  const char *other_bus = argc == 4 ? argv[2] : NULL;

  if (argc != 2 && argc != 4)
    {
      g_printerr ("usage: fram-traffic SERVICE-PID [BUS-ADDRESS SERVICE-PID]\n");
      return 2;
    }
  services[0] = g_ascii_strtoull (argv[1], NULL, 10);
  if (other_bus != NULL)
    {
      services[1] = g_ascii_strtoull (argv[3], NULL, 10);
      traffic_pin (services[0], 0);
      traffic_pin (services[1], 1);
    }
  figures_bound_time (60);

  g_autoptr (FramClient) offerer = fram_couple_new_client (NULL);
  g_autoptr (FramClient) answerer = fram_couple_new_client (other_bus);
  g_autoptr (FramCouple) couple = fram_couple_new (offerer, answerer, FALSE);

  while (couple->connected == 0)
    g_main_context_iteration (NULL, TRUE);

  g_autoptr (FramComponent) one = open_component (couple->sessions[0]);
  g_autoptr (FramComponent) other = open_component (couple->sessions[1]);

  open_end (&sender, one);
  open_end (&receiver, other);
  traffic_measure (&sender, &receiver, services);
  socket_path_clear (&sender);
  socket_path_clear (&receiver);
  return 0;
}
