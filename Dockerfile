FROM maven:3.9.9-eclipse-temurin-17 AS build
WORKDIR /build
COPY pom.xml ./
COPY src/generated src/generated
COPY src/main src/main
RUN mvn -B -ntp -q package -Dmaven.test.skip dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=target/lib \
 && cp target/camel-pg2sink-*.jar target/lib \
 && cp target/image-logging/*.jar target/lib \
 && jar --create --file target/lib/logging.jar -C src/main/resources simplelogger.properties -C src/main/docker logback.xml

# pg2sink runs on Java 17, but starts with half the CPU and takes a quarter less memory on 25
FROM eclipse-temurin:25.0.3_9-jre
RUN groupadd --system pg2sink && useradd --system --gid pg2sink --home-dir /pg2sink pg2sink \
 && mkdir -p /pg2sink/out && chown -R pg2sink:pg2sink /pg2sink
WORKDIR /pg2sink
COPY --from=build /build/target/lib lib
COPY --chown=pg2sink src/main/docker/java.args src/main/docker/train src/main/docker/run ./
# both are there to be mounted over
COPY application.properties ./
COPY routes routes
USER pg2sink
RUN sh train
# out of the host's memory the Java virtual machine takes a quarter: JAVA_TOOL_OPTIONS=-Xmx… says otherwise
ENTRYPOINT ["sh", "run"]
