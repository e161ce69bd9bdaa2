/* udp-traffic: the load over two connected UDP sockets. */
#include "figures.h"
#include "plain-path.h"

int
main (int argc, char **argv)
{
  TrafficEnd sender, receiver;
  Places places = places_parse ("udp-traffic", argc, argv, NULL);

  figures_bound_time (60);
  plain_path_open (&places, socket_way_parse (places.way), &sender, &receiver);
  plain_path_measure_beside (&places, &sender, &receiver, NULL);
  plain_path_close (&sender, &receiver);
  return 0;
}
