/* fram-traffic: the load over two sessions of framd: by plain send and recv on the sockets that
 * OpenComponent hands out, or past the service, by the functions of libfram's component.
 *
 * With one service, both sessions are framd's on the session bus.  With a second one, at
 * another bus, the second session is its, and each is held to its side's processor. */
#include "component-path.h"
#include "figures.h"
#include "fram-couple.h"
#include "plain-path.h"

#include <unistd.h>

static gboolean direct;

static const GOptionEntry options[] = {
  { "direct", 0, 0, G_OPTION_ARG_NONE, &direct, "past the service, by libfram", NULL },
  { NULL },
};

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

static void
open_end (TrafficEnd *end, FramComponent *component, SocketWay way)
{
  if (!direct)
    {
      socket_path_init (end, dup (fram_component_get_fd (component)), way);
      return;
    }
  component_path_init (end, component, way);
  while (!fram_component_get_direct (component))
    g_main_context_iteration (NULL, TRUE);
}

static void
close_end (TrafficEnd *end)
{
  if (direct)
    component_path_clear (end);
  else
    socket_path_clear (end);
}

int
main (int argc, char **argv)
{
  TrafficEnd sender, receiver;
  pid_t services[] = { 0, 0, 0 };
  Places places = places_parse ("fram-traffic", argc, argv, options);
  SocketWay way = socket_way_parse (places.way);
  guint n_more = g_strv_length (places.more);
  const char *other_bus = n_more == 3 ? places.more[1] : NULL;

  if (n_more != 1 && n_more != 3)
    g_error ("fram-traffic ADDRESS WAY SERVICE-PID [BUS-ADDRESS SERVICE-PID]");
  services[0] = g_ascii_strtoull (places.more[0], NULL, 10);
  if (other_bus != NULL)
    {
      services[1] = g_ascii_strtoull (places.more[2], NULL, 10);
      traffic_pin (services[0], 0);
      traffic_pin (services[1], 1);
    }
  figures_bound_time (60);

  g_autoptr (FramClient) offerer = fram_couple_new_client (NULL);
  g_autoptr (FramClient) answerer = fram_couple_new_client (other_bus);
  g_autoptr (FramCouple) couple = fram_couple_new (offerer, answerer, FALSE);

  while (couple->completed == 0)
    g_main_context_iteration (NULL, TRUE);

  g_autoptr (FramComponent) one = open_component (couple->sessions[0]);
  g_autoptr (FramComponent) other = open_component (couple->sessions[1]);

  open_end (&sender, one, way);
  open_end (&receiver, other, way);
  plain_path_measure_beside (&places, &sender, &receiver, services);
  close_end (&sender);
  close_end (&receiver);
  return 0;
}
