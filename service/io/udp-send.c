/* Sending: packets become runs, runs become messages of one call.
 *
 * A run is what UDP_SEGMENT takes: packets of one size, of which the last may be shorter.
 * The kernel carries a run through its layers as one packet, which is what makes a relay
 * as cheap as a socket of the application's own. */
#include "io/dscp.h"
#include "io/sockaddr.h"
#include "io/udp-socket-private.h"

#include <errno.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>

/* The kernel's own limits are 64 segments (older ones) and what fits an IP packet. */
#define RUN_MAX_PACKETS 64
#define RUN_MAX_BYTES 65000

/* An ICMP error waits in the socket and fails the next call, whoever that was meant for.
 * So a call is tried again before it is believed. */
#define ATTEMPTS 3

typedef union
{
  char bytes[CMSG_SPACE (sizeof (guint16)) + FRAM_DSCP_CONTROL_SPACE];
  struct cmsghdr align;
} Control;

typedef struct
{
  FramSockaddr remote;
  socklen_t remote_length;
  FramFamily family;
  guint8 dscp;
  struct mmsghdr messages[FRAM_BATCH_MAX];
  Control controls[FRAM_BATCH_MAX];
} Plan;

static socklen_t
set_remote (const FramUdpSocket *udp, FramSockaddr *ret_sockaddr,
            const FramAddress *remote)
{
  return udp->share_error == 0
             ? fram_sockaddr_from_mapped (ret_sockaddr, remote, udp->scope)
             : fram_sockaddr_from_address (ret_sockaddr, remote, udp->scope);
}

static guint
get_run_length (const FramUdpSocket *udp, const struct iovec *packets, guint n_packets)
{
  gsize size = packets[0].iov_len, sum = size;
  guint run = 1;

  if (size > udp->segment_limit)
    return 1;
  while (run < MIN (n_packets, RUN_MAX_PACKETS) && packets[run].iov_len <= size
         && sum + packets[run].iov_len < RUN_MAX_BYTES)
    {
      sum += packets[run].iov_len;
      if (packets[run++].iov_len < size)
        break;
    }
  return run;
}

static void
add_segment (struct cmsghdr *control, guint16 size)
{
  control->cmsg_level = SOL_UDP;
  control->cmsg_type = UDP_SEGMENT;
  control->cmsg_len = CMSG_LEN (sizeof size);
  memcpy (CMSG_DATA (control), &size, sizeof size);
}

static void
plan_run (Plan *plan, guint index, const struct iovec *packets, guint run)
{
  struct msghdr *header = &plan->messages[index].msg_hdr;
  Control *control = &plan->controls[index];
  gsize length = 0;

  memset (header, 0, sizeof *header);
  header->msg_name = &plan->remote;
  header->msg_namelen = plan->remote_length;
  header->msg_iov = (struct iovec *) packets;
  header->msg_iovlen = run;
  if (run <= 1 && plan->dscp == 0)
    return;

  memset (control, 0, sizeof *control);
  if (run > 1)
    {
      add_segment (&control->align, (guint16) packets[0].iov_len);
      length = CMSG_SPACE (sizeof (guint16));
    }
  if (plan->dscp != 0)
    {
      fram_dscp_write ((struct cmsghdr *) (control->bytes + length), plan->family,
                       plan->dscp);
      length += FRAM_DSCP_CONTROL_SPACE;
    }
  header->msg_control = control;
  header->msg_controllen = length;
}

/* Return: the number of messages. */
static guint
plan_all (Plan *plan, const FramUdpSocket *udp, const struct iovec *packets,
          guint n_packets)
{
  guint n = 0;

  for (guint done = 0; done < n_packets && n < FRAM_BATCH_MAX; n++)
    {
      guint run = get_run_length (udp, packets + done, n_packets - done);

      plan_run (plan, n, packets + done, run);
      done += run;
    }
  return n;
}

/* Return: how many packets the first `n` messages hold. */
static guint
count_sent (const Plan *plan, guint n, FramSendCounts *counts)
{
  guint packets = 0;

  for (guint i = 0; i < n; i++)
    {
      packets += plan->messages[i].msg_hdr.msg_iovlen;
      counts->bytes += plan->messages[i].msg_len;
    }
  counts->packets += packets;
  return packets;
}

/* EIO: the interface cannot cut.  The others: the packets are longer than its frames, which
 * IP may still cut into fragments. */
static gboolean
give_up_segments (FramUdpSocket *udp, const struct msghdr *message, int code)
{
  if (message->msg_iovlen == 1 || (code != EIO && code != EINVAL && code != EMSGSIZE))
    return FALSE;
  udp->segment_limit = code == EIO ? 0 : message->msg_iov[0].iov_len - 1;
  return TRUE;
}

void
fram_udp_socket_send (FramUdpSocket *udp, const FramAddress *remote, guint8 dscp,
                      const struct iovec *packets, guint n_packets,
                      FramSendCounts *counts)
{
  Plan plan;
  guint attempts = 0;

  g_return_if_fail (remote->family == udp->family);

  plan.remote_length = set_remote (udp, &plan.remote, remote);
  plan.family = udp->family;
  plan.dscp = dscp;
  for (guint done = 0; done < n_packets;)
    {
      guint n = plan_all (&plan, udp, packets + done, n_packets - done);
      int sent = sendmmsg (udp->fd, plan.messages, n, MSG_DONTWAIT | MSG_NOSIGNAL);
      int code = errno;

      if (sent > 0)
        {
          done += count_sent (&plan, (guint) sent, counts);
          attempts = 0;
        }
      else if (code == EAGAIN || code == ENOBUFS)
        {
          counts->full += n_packets - done;
          return;
        }
      else if (++attempts >= ATTEMPTS
               && !give_up_segments (udp, &plan.messages[0].msg_hdr, code))
        {
          guint lost = (guint) plan.messages[0].msg_hdr.msg_iovlen;

          *(code == EMSGSIZE ? &counts->too_long : &counts->refused) += lost;
          done += lost;
          attempts = 0;
        }
    }
}

/* --- The protocol's ---------------------------------------------------------------- */

typedef union
{
  char bytes[CMSG_SPACE (sizeof (int)) + FRAM_DSCP_CONTROL_SPACE];
  struct cmsghdr align;
} CheckControl;

typedef struct
{
  struct mmsghdr messages[FRAM_BATCH_MAX];
  FramSockaddr remotes[FRAM_BATCH_MAX];
  CheckControl controls[FRAM_BATCH_MAX];
} CheckPlan;

static void
set_hop_limit (const FramUdpSocket *udp, struct cmsghdr *control)
{
  int limit = FRAM_CHECK_HOP_LIMIT;
  gboolean ipv6 = udp->family == FRAM_FAMILY_IPV6;

  control->cmsg_level = ipv6 ? IPPROTO_IPV6 : IPPROTO_IP;
  control->cmsg_type = ipv6 ? IPV6_HOPLIMIT : IP_TTL;
  control->cmsg_len = CMSG_LEN (sizeof limit);
  memcpy (CMSG_DATA (control), &limit, sizeof limit);
}

static void
plan_check (CheckPlan *plan, guint index, const FramUdpSocket *udp, FramUdpCheck *check)
{
  struct msghdr *header = &plan->messages[index].msg_hdr;
  CheckControl *control = &plan->controls[index];

  memset (control, 0, sizeof *control);
  memset (header, 0, sizeof *header);
  header->msg_name = &plan->remotes[index];
  header->msg_namelen = set_remote (udp, &plan->remotes[index], &check->remote);
  header->msg_iov = &check->bytes;
  header->msg_iovlen = 1;
  header->msg_control = control;
  header->msg_controllen = CMSG_SPACE (sizeof (int));
  set_hop_limit (udp, &control->align);
  if (check->dscp == 0)
    return;
  fram_dscp_write ((struct cmsghdr *) (control->bytes + header->msg_controllen),
                   udp->family, check->dscp);
  header->msg_controllen += FRAM_DSCP_CONTROL_SPACE;
}

/* The first of them cannot be sent. */
static void
give_up_check (FramUdpCheck *check, int code, FramSendCounts *counts)
{
  if (code == EAGAIN || code == ENOBUFS)
    counts->full++;
  else if (code == EMSGSIZE)
    counts->too_long++;
  else
    {
      counts->refused++;
      check->is_refused = TRUE;
    }
}

/* The kernel stops at a packet that it does not send, and says why when the next call begins with
 * it. */
static void
send_planned (FramUdpSocket *udp, CheckPlan *plan, FramUdpCheck *checks, guint n_checks,
              FramSendCounts *counts)
{
  guint attempts = 0, done = 0;

  while (done < n_checks)
    {
      int sent = sendmmsg (udp->fd, plan->messages + done, n_checks - done,
                           MSG_DONTWAIT | MSG_NOSIGNAL);
      int code = errno;

      if (sent > 0)
        {
          for (guint i = 0; i < (guint) sent; i++)
            counts->bytes += checks[done + i].bytes.iov_len;
          counts->packets += (guint) sent;
          done += (guint) sent;
          attempts = 0;
        }
      else if (code == EAGAIN || code == ENOBUFS || ++attempts >= ATTEMPTS)
        {
          give_up_check (&checks[done++], code, counts);
          attempts = 0;
        }
    }
}

void
fram_udp_socket_send_checks (FramUdpSocket *udp, FramUdpCheck *checks, guint n_checks,
                             FramSendCounts *counts)
{
  CheckPlan plan;

  for (guint done = 0, n; done < n_checks; done += n)
    {
      n = MIN (n_checks - done, FRAM_BATCH_MAX);
      for (guint i = 0; i < n; i++)
        plan_check (&plan, i, udp, &checks[done + i]);
      send_planned (udp, &plan, checks + done, n, counts);
    }
}
