/* relay-throughput: what the relay costs beside plain connected UDP, over loopback.
 *
 *   A  plain:  application 1 <-- UDP --> application 2
 *   B  relay:  application 1 <-> plane 1 <-- UDP --> plane 2 <-> application 2
 *   C  channel:  as B, with the data in ChannelData, as they go to a TURN server
 *
 * Each application and each plane is a process; those of side 1 share one processor, those
 * of side 2 another.  The three are measured in turns, and the ratios are those within a turn,
 * for the machine may be busier in the next.  Routes are set by hand: ICE is not measured, and
 * in C no server either: each plane takes the other one for it. */
#include "figures.h"
#include "io/plane.h"
#include "io/udp-socket.h"
#include "relay-load.h"
#include "turn/peer-data.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const FramComponentKey key = { .session = 1, .stream = 0, .component = 1 };

typedef struct
{
  GMainContext *context;
  FramPlane *plane;
  FramAddress address;
} Service;

static void
ignore_packet (gpointer user_data, FramBaseId base, const FramAddress *remote,
               const guint8 *data, gsize length)
{
}

static void
ignore_error (gpointer user_data, FramBaseId base, const FramAddress *remote)
{
}

static void
ignore_turn (gpointer user_data)
{
}

static gboolean
go_on (gpointer user_data)
{
  return TRUE;
}

/* As framd does, until the process is ended. */
static void
serve (gpointer service)
{
  const gboolean is_over = FALSE;

  fram_plane_run (((Service *) service)->plane, &is_over);
}

static void
open_service (Service *service)
{
  static const FramPlaneOwner owner = { ignore_packet, ignore_error, ignore_turn, go_on };
  g_autoptr (GError) error = NULL;
  FramAddress bind;

  fram_address_init_ipv4 (&bind, INADDR_LOOPBACK, 0);
  service->context = g_main_context_new ();
  service->plane = fram_plane_new (service->context, &owner, NULL, &error);
  if (service->plane == NULL
      || !fram_plane_open_base (service->plane, 1, &bind, &service->address, &error))
    g_error ("%s", error->message);
}

static int
join_service (Service *service, FramBaseId base, const FramAddress *remote)
{
  g_autoptr (GError) error = NULL;
  int fd;

  fram_plane_add_route (service->plane, &key, base, remote);
  fram_plane_set_path (service->plane, &key, base, remote);
  fd = fram_plane_open_component (service->plane, &key, &error);
  if (fd < 0)
    g_error ("%s", error->message);
  return fd;
}

/* A path that nothing was sent on yet. */
typedef struct
{
  RelayPath path;
  Service services[RELAY_SIDES];
} Fresh;

static void
open_services (Fresh *fresh)
{
  fresh->path.serve = serve;
  for (guint side = 0; side < RELAY_SIDES; side++)
    {
      open_service (&fresh->services[side]);
      fresh->path.services[side] = &fresh->services[side];
    }
}

static void
open_relay (Fresh *fresh)
{
  open_services (fresh);
  for (guint side = 0; side < RELAY_SIDES; side++)
    fresh->path.fds[side]
        = join_service (&fresh->services[side], 1, &fresh->services[1 - side].address);
}

static void
open_channel (Fresh *fresh)
{
  FramAddress peer;

  fram_address_init_ipv4 (&peer, 0xc0000201, 9);
  open_services (fresh);
  for (guint side = 0; side < RELAY_SIDES; side++)
    {
      FramPlane *plane = fresh->services[side].plane;

      fram_plane_add_relay (plane, 2, 1, &fresh->services[1 - side].address, &peer);
      fram_plane_set_channel (plane, 2, &peer, FRAM_TURN_CHANNEL_FIRST);
      fresh->path.fds[side] = join_service (&fresh->services[side], 2, &peer);
    }
}

static int
open_udp (struct sockaddr_in *ret_address)
{
  int bytes = FRAM_UDP_BUFFER_BYTES;
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  socklen_t size = sizeof *ret_address;

  memset (ret_address, 0, sizeof *ret_address);
  ret_address->sin_family = AF_INET;
  ret_address->sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  setsockopt (fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
  setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  if (bind (fd, (struct sockaddr *) ret_address, size) < 0
      || getsockname (fd, (struct sockaddr *) ret_address, &size) < 0)
    g_error ("Cannot bind a UDP socket");
  return fd;
}

static void
open_plain (Fresh *fresh)
{
  struct sockaddr_in addresses[RELAY_SIDES];

  for (guint side = 0; side < RELAY_SIDES; side++)
    fresh->path.fds[side] = open_udp (&addresses[side]);
  for (guint side = 0; side < RELAY_SIDES; side++)
    if (connect (fresh->path.fds[side], (struct sockaddr *) &addresses[1 - side],
                 sizeof addresses[0])
        < 0)
      g_error ("Cannot connect a UDP socket");
}

static void
close_fresh (Fresh *fresh)
{
  for (guint side = 0; side < RELAY_SIDES; side++)
    {
      if (fresh->services[side].plane != NULL)
        {
          fram_plane_free (fresh->services[side].plane);
          g_main_context_unref (fresh->services[side].context);
        }
      close (fresh->path.fds[side]);
    }
}

static RelayFigures
measure (void (*open_path) (Fresh *fresh), gsize length, guint milliseconds)
{
  RelayFigures figures;
  Fresh fresh;

  for (guint part = 0; part < 3; part++)
    {
      memset (&fresh, 0, sizeof fresh);
      open_path (&fresh);
      if (part == 0)
        relay_load_throughput (&fresh.path, length, milliseconds, &figures);
      else if (part == 1)
        relay_load_cpu (&fresh.path, length, milliseconds, &figures);
      else
        relay_load_round_trips (&fresh.path, milliseconds, &figures);
      close_fresh (&fresh);
    }
  return figures;
}

typedef struct
{
  const char *name, *unit;
  gsize place; /* in RelayFigures */
} Column;

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  const double *x = a, *y = b;

  return (*x > *y) - (*x < *y);
}

static double
take_median (double *values, guint n)
{
  qsort (values, n, sizeof *values, compare_doubles);
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

typedef struct
{
  const char *name;
  void (*open_path) (Fresh *fresh);
} Way;

/* The first is what the others are set in relation to. */
static const Way ways[]
    = { { "plain", open_plain }, { "relay", open_relay }, { "channel", open_channel } };

#define WAYS G_N_ELEMENTS (ways)

/* Of each run those of all ways. */
typedef RelayFigures RunFigures[WAYS];

static void
report (const Column *column, const RunFigures *figures, guint runs)
{
  g_autofree double *ratios = g_new (double, runs);

  for (guint way = 0; way < WAYS; way++)
    {
      g_autofree char *name = g_strconcat (ways[way].name, "-", column->name, NULL);
      g_autofree char *ratio_name
          = g_strconcat ("ratio-", ways[way].name, "-", column->name, NULL);
      g_autofree char *unit = g_strconcat (ways[way].name, "/plain", NULL);

      for (guint i = 0; i < runs; i++)
        {
          double value = G_STRUCT_MEMBER (double, &figures[i][way], column->place);

          figures_write (name, value, column->unit);
          ratios[i] = value / G_STRUCT_MEMBER (double, &figures[i][0], column->place);
        }
      if (way > 0)
        figures_write (ratio_name, take_median (ratios, runs), unit);
    }
}

int
main (int argc, char *argv[])
{
  static const Column columns[] = {
    { "throughput", "packet/s", G_STRUCT_OFFSET (RelayFigures, throughput) },
    { "cpu", "us/packet", G_STRUCT_OFFSET (RelayFigures, cpu) },
    { "rtt-p50", "us", G_STRUCT_OFFSET (RelayFigures, rtt_p50) },
  };
  gint runs = 7, milliseconds = 350, length = 1200;
  const GOptionEntry entries[]
      = { { "runs", 0, 0, G_OPTION_ARG_INT, &runs, "How many turns", "N" },
          { "milliseconds", 0, 0, G_OPTION_ARG_INT, &milliseconds, "Of a run", "MS" },
          { "length", 0, 0, G_OPTION_ARG_INT, &length, "Of a packet", "BYTES" },
          { NULL } };
  g_autoptr (GOptionContext) options = g_option_context_new ("- relay beside plain UDP");
  g_autoptr (GError) error = NULL;
  g_autofree RunFigures *figures = NULL;

  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error))
    {
      g_printerr ("%s\n", error->message);
      return 2;
    }
  runs = CLAMP (runs, 1, 1000);
  figures_bound_time ((guint) (runs * (milliseconds / 166 + 6) + 30));

  figures = g_new (RunFigures, runs);
  for (gint i = 0; i < runs; i++)
    /* Who is first changes, for the first may find a warmer or colder machine. */
    for (guint n = 0; n < WAYS; n++)
      {
        guint way = (n + (guint) i) % WAYS;

        figures[i][way] = measure (ways[way].open_path, length, milliseconds);
      }
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    report (&columns[i], figures, runs);
  for (gint i = 0; i < runs; i++)
    for (guint way = 0; way < WAYS; way++)
      {
        g_autofree char *name = g_strconcat (ways[way].name, "-lost", NULL);

        figures_write (name, figures[i][way].lost, "packet");
      }
  return 0;
}
