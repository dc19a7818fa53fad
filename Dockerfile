FROM maven:3.9.9-eclipse-temurin-17 AS build
WORKDIR /build
COPY pom.xml ./
COPY src/generated src/generated
COPY src/main src/main
RUN mvn -B -ntp -q package -Dmaven.test.skip dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=target/lib \
 && cp target/camel-pg2sink-*.jar target/lib

FROM eclipse-temurin:17.0.15_6-jre
RUN groupadd --system pg2sink && useradd --system --gid pg2sink --home-dir /pg2sink pg2sink \
 && mkdir -p /pg2sink/out && chown -R pg2sink:pg2sink /pg2sink
WORKDIR /pg2sink
COPY --from=build /build/target/lib lib
COPY src/main/resources/simplelogger.properties logging/
# both are there to be mounted over
COPY application.properties ./
COPY routes routes
USER pg2sink
# out of the host's memory the Java virtual machine takes a quarter: JAVA_TOOL_OPTIONS=-Xmx… says otherwise; what lives is
# little and young, so the plain collector does best
ENTRYPOINT ["java", "-XX:+UseSerialGC", "-Dorg.pg2sink.container=true", "-cp", "logging:lib/*", "org.pg2sink.Main"]
