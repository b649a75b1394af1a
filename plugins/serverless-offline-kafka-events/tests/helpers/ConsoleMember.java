import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Prints what it gets, as kafka-console-consumer does: Java's consumer as it is configured by default. */
class ConsoleMember {
  public static void main(String[] args) throws InterruptedException {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", args[0]);
    properties.put("group.id", args[2]);
    var consumer = new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer());
    Thread main = Thread.currentThread();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      consumer.wakeup();
      try {
        main.join();
      } catch (InterruptedException ignored) {
      }
    }));
    try {
      consumer.subscribe(List.of(args[1]));
      while (true) consumer.poll(Duration.ofMillis(100)).forEach(record -> System.out.println(record.value()));
    } catch (WakeupException end) {
      consumer.close();
    }
  }
}
