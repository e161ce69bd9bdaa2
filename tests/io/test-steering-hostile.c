/* What an application could try with its descriptor against the other sessions of the port. */
#include "steered-port.h"

#include "io/sockaddr.h"

#include <errno.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  Port port;
  Peer hostile[24];
  Peer innocent[3];
} Scene;

static void
scene_init (Scene *scene, FramFamily family)
{
  port_init (&scene->port, family);
  for (guint i = 0; i < G_N_ELEMENTS (scene->hostile); i++)
    {
      peer_init (&scene->hostile[i], family);
      peer_open (&scene->hostile[i], &scene->port);
      /* They lie between those who try. */
      if (i % 8 != 7)
        continue;
      peer_init (&scene->innocent[i / 8], family);
      peer_open (&scene->innocent[i / 8], &scene->port);
    }
}

static void
scene_clear (Scene *scene)
{
  for (guint i = 0; i < G_N_ELEMENTS (scene->hostile); i++)
    peer_clear (&scene->hostile[i]);
  for (guint i = 0; i < G_N_ELEMENTS (scene->innocent); i++)
    peer_clear (&scene->innocent[i]);
  port_clear (&scene->port);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

static void
expect_innocent (Scene *scene)
{
  static const guint8 stun[20] = { 1, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1 };

  for (guint i = 0; i < G_N_ELEMENTS (scene->innocent); i++)
    {
      const Peer *peer = &scene->innocent[i];

      g_assert_nonnull (peer->steered);
      for (guint n = 0; n < 5; n++)
        {
          peer_send (peer, &scene->port, &n, sizeof n);
          g_assert_true (app_has (peer, &n, sizeof n));
          peer_send (peer, &scene->port, stun, sizeof stun);
          g_assert_true (service_has (&scene->port, stun, sizeof stun));
        }
      g_assert_true (is_empty (peer->app));
    }
}

/* They send; whatever comes of it, none of the others can read it. */
static void
expect_no_foreign_reader (Scene *scene)
{
  for (guint i = 0; i < G_N_ELEMENTS (scene->innocent); i++)
    for (guint n = 0; n < 20; n++)
      peer_send (&scene->innocent[i], &scene->port, "secret", 6);
  for (guint i = 0; i < G_N_ELEMENTS (scene->hostile); i++)
    g_assert_true (is_empty (scene->hostile[i].app));
  for (guint i = 0; i < G_N_ELEMENTS (scene->innocent); i++)
    while (!is_empty (scene->innocent[i].app))
      g_assert_true (app_has (&scene->innocent[i], "secret", 6));
  while (!is_empty (fram_udp_socket_get_fd (scene->port.service)))
    service_has (&scene->port, "secret", 6);
}

static void
let_go (const Peer *peer)
{
  struct sockaddr nobody = { .sa_family = AF_UNSPEC };

  g_assert_cmpint (connect (peer->app, &nobody, sizeof nobody), ==, 0);
}

/* As many as there are, at once: nobody else moves, and nothing has to be put right. */
static void
test_connects (gconstpointer data)
{
  g_auto (Scene) scene;

  scene_init (&scene, GPOINTER_TO_INT (data));
  for (guint i = 0; i < G_N_ELEMENTS (scene.hostile); i++)
    app_connect (&scene.hostile[i], &scene.hostile[i].address);
  expect_innocent (&scene);
  g_assert_cmpuint (port_check (&scene.port), ==, G_N_ELEMENTS (scene.hostile));
  expect_innocent (&scene);
  /* Their direct path is over. */
  for (guint i = 0; i < G_N_ELEMENTS (scene.hostile); i++)
    g_assert_cmpint (app_send (&scene.hostile[i], "x", 1), !=, 0);
}

/* To another session's peer: what that sends goes to whoever is connected to it, whose filter
 * drops it. */
static void
test_connects_to_anothers_peer (gconstpointer data)
{
  g_auto (Scene) scene;

  scene_init (&scene, GPOINTER_TO_INT (data));
  app_connect (&scene.hostile[0], &scene.innocent[0].address);
  expect_no_foreign_reader (&scene);
  g_assert_cmpuint (port_check (&scene.port), ==, 1);
  expect_innocent (&scene);
}

/* It stays bound to the port, outside of the group. */
static void
test_connects_and_lets_go (gconstpointer data)
{
  g_auto (Scene) scene;

  scene_init (&scene, GPOINTER_TO_INT (data));
  for (guint i = 0; i < G_N_ELEMENTS (scene.hostile); i++)
    {
      app_connect (&scene.hostile[i], &scene.hostile[i].address);
      peer_send (&scene.hostile[i], &scene.port, "mine", 4);
      g_assert_true (app_has (&scene.hostile[i], "mine", 4));
      let_go (&scene.hostile[i]);
    }
  expect_no_foreign_reader (&scene);
  g_assert_cmpuint (port_check (&scene.port), ==, G_N_ELEMENTS (scene.hostile));
  expect_innocent (&scene);
}

static void
test_filters (gconstpointer data)
{
  g_auto (Scene) scene;
  struct sock_filter all = { BPF_RET | BPF_K, 0, 0, G_MAXUINT32 };
  const struct sock_fprog program = { 1, &all };
  int fd, zero = 0;

  scene_init (&scene, GPOINTER_TO_INT (data));
  fd = scene.hostile[0].app;
  g_assert_cmpint (setsockopt (fd, SOL_SOCKET, SO_DETACH_FILTER, &zero, sizeof zero), ==,
                   -1);
  g_assert_cmpint (errno, ==, EPERM);
  g_assert_cmpint (
      setsockopt (fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program), ==, -1);
  g_assert_cmpint (errno, ==, EPERM);
  g_assert_cmpint (setsockopt (fd, SOL_SOCKET, SO_LOCK_FILTER, &zero, sizeof zero), ==,
                   -1);
  g_assert_cmpint (errno, ==, EPERM);
  g_assert_cmpint (
      setsockopt (fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof program), ==,
      -1);
  g_assert_cmpint (errno, ==, EPERM);
  expect_innocent (&scene);
}

/* The kernel lets any member take the program off: packets get lost until it is put back. */
static void
test_takes_the_program_off (gconstpointer data)
{
  g_auto (Scene) scene;
  int zero = 0;

  scene_init (&scene, GPOINTER_TO_INT (data));
  setsockopt (scene.hostile[0].app, SOL_SOCKET, SO_DETACH_REUSEPORT_BPF, &zero,
              sizeof zero);
  expect_no_foreign_reader (&scene);
  g_assert_cmpuint (port_check (&scene.port), ==, 0);
  expect_innocent (&scene);
}

static void
test_changes_options (gconstpointer data)
{
  g_auto (Scene) scene;
  int zero = 0, one = 1;

  scene_init (&scene, GPOINTER_TO_INT (data));
  for (guint i = 0; i < G_N_ELEMENTS (scene.hostile); i++)
    {
      int fd = scene.hostile[i].app;

      setsockopt (fd, SOL_SOCKET, SO_REUSEPORT, &zero, sizeof zero);
      setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
      setsockopt (fd, SOL_SOCKET, SO_INCOMING_CPU, &zero, sizeof zero);
      setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
      setsockopt (fd, SOL_UDP, UDP_GRO, &one, sizeof one);
    }
  expect_innocent (&scene);
  g_assert_cmpuint (port_check (&scene.port), ==, 0);
  expect_innocent (&scene);
}

static void
test_binds_again (gconstpointer data)
{
  g_auto (Scene) scene;
  FramAddress address;
  FramSockaddr to;
  socklen_t length;

  scene_init (&scene, GPOINTER_TO_INT (data));
  address = scene.port.address;
  address.port++;
  length = fram_sockaddr_from_mapped (&to, &address, 0);
  g_assert_cmpint (bind (scene.hostile[0].app, &to.any, length), ==, -1);
  g_assert_cmpint (errno, ==, EINVAL);
  expect_innocent (&scene);
}

/* All at once, before and after the service has ended them. */
static void
test_closes (gconstpointer data)
{
  g_auto (Scene) scene;

  scene_init (&scene, GPOINTER_TO_INT (data));
  for (guint i = 0; i < G_N_ELEMENTS (scene.hostile); i++)
    {
      if (i % 2 == 0)
        peer_end (&scene.hostile[i], &scene.port);
      close (scene.hostile[i].app);
      scene.hostile[i].app = dup (scene.hostile[i].fd);
    }
  expect_innocent (&scene);
  port_check (&scene.port);
  expect_innocent (&scene);
}

/* It keeps its descriptors when its sessions are long over, and closes them at any time. */
static void
test_holds_on (gconstpointer data)
{
  g_auto (Scene) scene;
  Peer later;

  scene_init (&scene, GPOINTER_TO_INT (data));
  for (guint i = 0; i < G_N_ELEMENTS (scene.hostile); i++)
    peer_end (&scene.hostile[i], &scene.port);
  g_assert_cmpuint (port_check (&scene.port), ==, 0);
  expect_innocent (&scene);
  for (guint i = 0; i < G_N_ELEMENTS (scene.hostile); i++)
    {
      close (scene.hostile[i].app);
      scene.hostile[i].app = dup (scene.hostile[i].fd);
    }
  expect_innocent (&scene);
  peer_init (&later, scene.port.family);
  peer_open (&later, &scene.port);
  peer_send (&later, &scene.port, "later", 5);
  g_assert_true (app_has (&later, "later", 5));
  expect_innocent (&scene);
  peer_clear (&later);
}

/* Of those that send as our probe does, none is: a port of that number elsewhere. */
static void
test_names_a_place (void)
{
  g_auto (Scene) scene;
  guint32 place = g_htonl (3);

  scene_init (&scene, FRAM_FAMILY_IPV4);
  peer_send (&scene.hostile[0], &scene.port, &place, sizeof place);
  g_assert_true (app_has (&scene.hostile[0], &place, sizeof place));
  expect_innocent (&scene);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST_BOTH ("/steering/hostile/connects", test_connects);
  TEST_BOTH ("/steering/hostile/connects-to-anothers-peer",
             test_connects_to_anothers_peer);
  TEST_BOTH ("/steering/hostile/connects-and-lets-go", test_connects_and_lets_go);
  TEST_BOTH ("/steering/hostile/filters", test_filters);
  TEST_BOTH ("/steering/hostile/takes-the-program-off", test_takes_the_program_off);
  TEST_BOTH ("/steering/hostile/changes-options", test_changes_options);
  TEST_BOTH ("/steering/hostile/binds-again", test_binds_again);
  TEST_BOTH ("/steering/hostile/closes", test_closes);
  TEST_BOTH ("/steering/hostile/holds-on", test_holds_on);
  g_test_add_func ("/steering/hostile/names-a-place", test_names_a_place);
  return g_test_run ();
}
