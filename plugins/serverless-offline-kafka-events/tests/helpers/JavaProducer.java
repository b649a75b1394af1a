import java.util.Map;
import java.util.HashMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Writes what only Java's producer writes: `bootstrap topic compressed codec`, `… transactions`, or `… keyed key count`. */
class JavaProducer {
  public static void main(String[] args) {
    String bootstrap = args[0];
    String topic = args[1];
    switch (args[2]) {
      case "compressed" -> {
        try (var producer = producer(bootstrap, Map.of("compression.type", args[3], "linger.ms", "50"))) {
          for (int i = 0; i < 50; i++) producer.send(new ProducerRecord<>(topic, "key " + i, "value " + i + " " + "x".repeat(200)));
        }
      }
      case "transactions" -> transactions(bootstrap, topic);
      case "keyed" -> {
        try (var producer = producer(bootstrap, Map.of("enable.idempotence", "true"))) {
          for (int i = 0; i < Integer.parseInt(args[4]); i++) {
            producer.send(new ProducerRecord<>(topic, args[3], args[3] + " " + i));
            producer.flush();
          }
        }
      }
      default -> throw new IllegalArgumentException(args[2]);
    }
  }

  /** Two that interleave, one of them aborted; then one that ends the topic with an aborted transaction. */
  static void transactions(String bootstrap, String topic) {
    var first = producer(bootstrap, Map.of("transactional.id", topic + "-1"));
    var second = producer(bootstrap, Map.of("transactional.id", topic + "-2"));
    first.initTransactions();
    second.initTransactions();
    first.beginTransaction();
    second.beginTransaction();
    send(first, topic, "aborted 1");
    send(second, topic, "kept 1");
    send(first, topic, "aborted 2");
    first.abortTransaction();
    send(second, topic, "kept 2");
    second.commitTransaction();
    first.beginTransaction();
    send(first, topic, "kept 3");
    first.commitTransaction();
    second.beginTransaction();
    send(second, topic, "aborted 3");
    second.abortTransaction();
    first.close();
    second.close();
  }

  static void send(KafkaProducer<String, String> producer, String topic, String value) {
    producer.send(new ProducerRecord<>(topic, value));
    producer.flush();
  }

  static KafkaProducer<String, String> producer(String bootstrap, Map<String, Object> more) {
    var settings = new HashMap<String, Object>(more);
    settings.put("bootstrap.servers", bootstrap);
    return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
  }
}
