/* What the files of the direct path share. */
#pragma once

#include "io/steering.h"

/* So many pieces of ballast at least lie behind the last application. */
#define FRAM_STEERING_BALLAST 8

typedef enum
{
  FRAM_MEMBER_SERVICE,
  FRAM_MEMBER_BALLAST,
  FRAM_MEMBER_STEERED,
  FRAM_MEMBER_LEAVING, /* has ended; its application may still hold it */
} FramMemberKind;

struct _FramSteered
{
  FramMemberKind kind;
  int fd; /* ours; the application has a duplicate of it */
  FramAddress remote;
  gboolean is_lost; /* it has left the group: it is in no place */
  gpointer data;
};

typedef FramSteered FramMember;

struct _FramSteering
{
  int service_fd;
  int probe_fd;
  FramAddress address;
  FramSteeringFrame frame;
  guint32 interface;
  FramRandom *random;
  /* FramMember by place, as far as is known; NULL: somebody that we do not know. */
  GPtrArray *places;
  GPtrArray *steered; /* those of this kind, also without a place */
  guint n_leaving, n_ballast;
  gboolean is_given_up; /* too much has moved: nothing new */
};

void fram_steering_set_error (GError **error, int code, const char *what);

/* steering-members.c: sockets. */
/* A socket at the group's address, as its last member.  Return: -1 with `error` set. */
int fram_steering_bind (FramSteering *steering, GError **error);
int fram_steering_open_probe (FramSteering *steering, GError **error);
/* Only what `remote` sends, for good. */
gboolean fram_steering_confine (int fd, const FramAddress *remote, GError **error);
gboolean fram_steering_add_ballast (FramSteering *steering, GError **error);
/* Closes its socket and forgets it, but not its place. */
void fram_steering_drop (FramSteering *steering, FramMember *member);

/* steering-probe.c: where the members are. */
/* Whether a datagram for `place` reaches `member`, which is one of ours. */
gboolean fram_steering_probe (FramSteering *steering, guint place,
                              const FramMember *member);
/* Finds out where ballast and `newest`, or NULL, are.  Sockets of applications without a place
 * are marked, others dropped. */
void fram_steering_find_all (FramSteering *steering, FramMember *newest);
/* Sends one to a place, for whoever is there. */
gboolean fram_steering_send_probe (FramSteering *steering, guint place);

/* steering-port.c: applications that have left the group, but are at the port. */
/* Finds those that are connected, and those that take what is for others; they are marked. */
void fram_steering_free_port (FramSteering *steering);
gboolean fram_steering_is_connected (const FramMember *member);
/* Its peer is the port itself: nobody else's packets come to it. */
void fram_steering_tie_down (const FramSteering *steering, const FramMember *member);
